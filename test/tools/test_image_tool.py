"""tools/image without a build: its input, and what it rejects."""

import os
import subprocess
from pathlib import Path

import pytest

from crd_file import ROOT
from lib.image import (
    archive,
    collect,
    debian,
    dockerfile,
    engines,
    licences,
    sbom,
    stamp,
)
from lib.shared.progress import Failure
from support import spdx

DOCKERFILE = (ROOT / "Dockerfile").read_text()
STAMP = stamp.Stamp("1.2.3", "0123456789ab", "2001-02-03T04:05:06Z")

# -- version, commit, date ------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    """A tree with the files of the stamp, without git."""
    made = tmp_path / "tree"
    made.mkdir()
    (made / "CMakeLists.txt").write_text(
        "project(locust_operator VERSION 1.2.3 LANGUAGES CXX)\n")
    return made


def git(tree, *words):
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.com",
         *words], cwd=tree, check=True, capture_output=True,
        env={**os.environ, "GIT_COMMITTER_DATE": "981173106 +0000"})


def commit(tree):
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "all")
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=tree, text=True,
                          check=True, capture_output=True).stdout[:12]


def stamped(tree, given="", **environment):
    """The stamp from cmake, as in a build of the operator."""
    template, output = tree.parent / "template", tree.parent / "stamp"
    template.write_text("@VERSION@ @COMMIT@ @DATE@")
    subprocess.run(
        ["cmake", f"-DSOURCE={tree}", f"-DTEMPLATE={template}",
         f"-DOUTPUT={output}", "-DVERSION=1.2.3", f"-DCOMMIT={given}", "-P",
         ROOT / "cmake/BuildStamp.cmake"], check=True,
        env={**without_epoch(), **environment})
    return output


def without_epoch():
    return {name: value for name, value in os.environ.items()
            if name != "SOURCE_DATE_EPOCH"}


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def test_without_git_the_commit_is_unknown(tree):
    # Even if the folder is inside another repository.
    git(tree.parent, "init", "-q")
    assert stamped(tree).read_text() == "1.2.3 unknown unknown\n"
    assert stamp.of_tree(tree) == stamp.Stamp("1.2.3", "unknown", "unknown")


def test_commit_and_date_are_of_git(tree):
    head = commit(tree)
    expected = f"1.2.3 {head} 2001-02-03T04:05:06Z\n"
    assert stamped(tree).read_text() == expected
    assert stamp.of_tree(tree) == stamp.Stamp(*expected.split())


def test_an_edited_tree_is_dirty(tree):
    head = commit(tree)
    (tree / "CMakeLists.txt").write_text(
        "project(locust_operator VERSION 1.2.3 LANGUAGES C)\n")
    assert stamped(tree).read_text().split()[1] == f"{head}-dirty"
    assert stamp.of_tree(tree).commit == f"{head}-dirty"


def test_what_is_given_wins(tree, monkeypatch):
    commit(tree)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert stamped(tree, "abc", SOURCE_DATE_EPOCH="86400").read_text() == (
        "1.2.3 abc 1970-01-02T00:00:00Z\n")
    assert stamp.of_tree(tree).date == "1970-01-02T00:00:00Z"


def test_the_same_stamp_is_not_written_again(tree):
    commit(tree)
    before = stamped(tree).stat().st_mtime_ns
    assert stamped(tree).stat().st_mtime_ns == before
    assert stamped(tree, "abc").stat().st_mtime_ns != before


# -- configuration ------------------------------------------------------------


def test_the_configuration_is_that_of_the_last_stage():
    assert dockerfile.configuration("""
ARG BASE=debian
FROM ${BASE} AS build
USER root
RUN something \\
    long
FROM scratch
ARG VERSION="0"
ARG NAME=""
# a remark
LABEL version="${VERSION}" \\
      name="${NAME}" of="two words"
COPY --from=build /image/ /
USER 1:2
ENTRYPOINT ["/it", "--flag"]
""", {"VERSION": "1.2"}) == {
        "Labels": {"version": "1.2", "of": "two words"}, "User": "1:2",
        "Entrypoint": ["/it", "--flag"]}


def test_an_instruction_that_would_be_overlooked_is_refused():
    with pytest.raises(dockerfile.Unreadable, match="ENV in the last stage"):
        dockerfile.configuration("FROM scratch\nENV A=b\n", {})


def test_the_dockerfile_runs_the_script_that_is_run_without_it():
    assert "-m lib.image.collect /build" in DOCKERFILE
    assert dockerfile.base(DOCKERFILE).endswith(":bookworm-slim")
    assert dockerfile.configuration(DOCKERFILE, {})["User"] == (
        f"{collect.USER}:{collect.USER}")


def test_an_engine_that_does_not_work_is_reported(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert engines.choose("auto") == engines.NONE
    with pytest.raises(Failure, match="run `podman info` to see why"):
        engines.choose("podman")


# -- Debian's packages ----------------------------------------------------------


def test_a_file_of_no_package_is_refused(tmp_path):
    foreign = tmp_path / "libforeign.so"
    foreign.touch()
    with pytest.raises(debian.Unusable, match="libforeign.so is not part of a Debian"):
        debian.owners([foreign])


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    file = Path("/usr/lib/os-release")
    debian.check(file, debian.package("base-files"))
    monkeypatch.setattr(debian, "md5", lambda _: "0" * 32)
    with pytest.raises(debian.Unusable, match="--reinstall base-files"):
        debian.check(file, debian.package("base-files"))


HEAD = "Format: https://www.debian.org/doc/...\n\n"


@pytest.mark.parametrize("text, licence", [
    ("This is the prose of somebody.", "NOASSERTION"),
    (HEAD + "Files: *\nLicense: Expat\n text", "MIT"),
    (HEAD + "Files: debian/*\nLicense: GPL-2+\n\nFiles: *\nLicense: ISC",
     "ISC"),
    (HEAD + "Files: *\nLicense: LGPL-3+ or GPL-2+\n",
     "LGPL-3.0-or-later OR GPL-2.0-or-later"),
    (HEAD + "Files: *\nLicense: GPL-2+ with exception\n", "NOASSERTION"),
    (HEAD + "Files: src/*\nLicense: Expat\n", "NOASSERTION"),
])
def test_licences_by_their_spdx_names(text, licence):
    assert licences.declared(text) == licence


# -- archive and document -------------------------------------------------------


@pytest.fixture
def root(tmp_path):
    """A small root file system with a program of Debian."""
    made = tmp_path / "root"
    collect.fill_root(Path("/usr/bin/env"), made, STAMP.seconds)
    return made


def packed(root, target):
    digest = archive.write_archive(root, {"config": {}}, "a/b:1.2.3",
                                   STAMP.seconds, target)
    return digest, target.read_bytes()


def test_the_archive_depends_on_contents_only(root, tmp_path):
    first = packed(root, tmp_path / "first")
    os.utime(root / "locust-operator", (1, 1))
    os.chown(root / "etc", 1, 1)
    assert packed(root, tmp_path / "second") == first
    (root / "etc/group").write_text("")
    assert packed(root, tmp_path / "third")[0] != first[0]


def document(root):
    return sbom.document(root, STAMP, "a/b:1.2.3", "sha256:" + "0" * 64)


def test_the_document_keeps_the_rules(root):
    assert spdx.broken_rules(document(root)) == []


def rename_twice(made):
    made["files"][1]["SPDXID"] = made["files"][0]["SPDXID"]


def unrelate(made):
    made["relationships"].pop()


@pytest.mark.parametrize("change, violation", [
    (lambda made: made.update(dataLicense=""), "lacks dataLicense"),
    (lambda made: made["packages"][2].pop("downloadLocation"),
     "lacks downloadLocation"),
    (lambda made: made["packages"][2].update(licenseDeclared="a licence"),
     "licences are SPDX's"),
    (lambda made: made["packages"][2].update(filesAnalyzed=False),
     "code of its files"),
    (lambda made: made["files"][0]["checksums"].pop(0), "SHA1"),
    (rename_twice, "is there twice"),
    (unrelate, "nothing relates to"),
])
def test_a_broken_rule_is_found(root, change, violation):
    made = document(root)
    change(made)
    assert any(violation in sentence for sentence in spdx.broken_rules(made))
