"""Keys cover everything that a build depends on; archives are reproducible."""

import hashlib
import json
import os
import tarfile

import pytest

from lib.cluster import images, paths, programs
from lib.shared.progress import Failure, run_logged

PROGRAM = programs.Program("tool", "module", "example.org/a/cmd/tool",
                           "-X v={version} -X m={major}.{minor}")
GO_MOD = """module x

go 1.26.0

require (
	example.org/a v1.36.3
	example.org/ab v9.0.0 // indirect
)
"""


@pytest.fixture
def module(tmp_path):
    (tmp_path / "go.mod").write_text(GO_MOD)
    (tmp_path / "go.sum").write_text("")
    return tmp_path


def test_a_version_is_that_of_the_module_with_the_package():
    assert programs.version_of(GO_MOD, "example.org/a/cmd/tool") == "v1.36.3"
    assert programs.version_of("require example.org/c v1.2.3",
                               "example.org/c") == "v1.2.3"
    with pytest.raises(Failure, match="example.org/d"):
        programs.version_of(GO_MOD, "example.org/d")


def test_every_pinned_program_can_be_stamped():
    for program in (*programs.CONTROL_PLANE, *programs.NODE, *programs.CLIENTS):
        go_mod = (paths.MODULES / program.module / "go.mod").read_text()
        assert "{" not in programs.linker_flags(program, go_mod)


def test_a_key_changes_with_all_that_a_build_depends_on(module):
    def key(program=PROGRAM, version="go1.26.8"):
        return programs.key_of(module, program, version)

    keys = [key(), key(version="go1.26.9"),
            key(programs.Program("tool", "module", PROGRAM.package))]
    for name, content in (("go.sum", "x"), ("main.go", "package main"),
                          ("go.mod", GO_MOD.replace(".3", ".4"))):
        (module / name).write_text(content)
        keys.append(key())
    (module / "README.md").write_text("not a source")
    assert key() == keys[-1]
    assert len(set(keys)) == len(keys)


def test_an_archive_is_the_same_each_time(tmp_path, monkeypatch):
    image = images.Image("docker.io/library/x:local", "x", (),
                         {"Entrypoint": ["/x"]})

    def fill(root, log):
        (root / "x").write_text("content")
        os.utime(root / "x", (len(made), len(made)))

    monkeypatch.setitem(images.RECIPES, "x", fill)
    made = []
    for _ in range(2):
        target = tmp_path / f"{len(made)}.tar"
        images.make_archive(image, target, tmp_path / "log")
        made.append(target)
    assert made[0].read_bytes() == made[1].read_bytes()
    with tarfile.open(made[0]) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        config = json.load(archive.extractfile(manifest["Config"]))
        layer = archive.extractfile(manifest["Layers"][0]).read()
    assert manifest["RepoTags"] == [image.name]
    assert config["rootfs"]["diff_ids"] == [
        "sha256:" + hashlib.sha256(layer).hexdigest()]


def test_a_failure_shows_command_log_and_its_last_lines(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(Failure) as failure:
        run_logged(["sh", "-c", "seq 1 30; exit 3"], log, "counting")
    report = failure.value.report("tool")
    assert "counting: exit code 3" in report and str(log) in report
    assert "    30" in report and "    10\n" not in report
