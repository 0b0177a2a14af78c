"""The contents of the image, and that the operator runs in it."""

import hashlib
import os
import re
import signal
import stat
import subprocess
import tarfile
import urllib.request

import pytest

from support import image as images
from support import spdx
from support.api import Api
from support.kubectl import Kubectl
from support.operator_process import binary
from support.testbed import install_crd
from support.waiting import wait_for

BOUND = 40_000_000  # bytes, uncompressed
LOADER = re.compile(r"ld-linux[^/]*\.so\.\d$")
USER = "65532:65532"

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root"),
    pytest.mark.skipif(not os.environ.get("LOCUST_OPERATOR_BINARY"),
                       reason="LOCUST_OPERATOR_BINARY unset: use "
                       "`tools/test integration`")]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return images.Image(images.build(), tmp_path_factory.mktemp("image"))


def entries(image):
    """The entries of the layer."""
    with tarfile.open(image.file) as opened:
        [layer] = [name for name in opened.getnames()
                   if name.startswith("blobs/")
                   and opened.getmember(name).size > 1_000_000]
        with tarfile.open(fileobj=opened.extractfile(layer)) as unpacked:
            return unpacked.getmembers()


# -- contents -----------------------------------------------------------------


def test_it_is_small(image):
    assert sum(entry.size for entry in entries(image)) <= BOUND


def test_the_operator_is_the_only_program(image):
    programs = [image.name_of(file) for file in image.files()
                if file.stat().st_mode & 0o111]
    [loader] = [name for name in programs if LOADER.search(name)]
    assert sorted(programs) == sorted(["locust-operator", loader])
    assert not [name for file in image.files()
                if file.read_bytes().startswith(b"#!")
                and (name := image.name_of(file))]


def test_root_owns_all_files_and_only_root_may_write(image):
    for entry in entries(image):
        assert (entry.uid, entry.gid) == (0, 0), entry.name
        if not entry.issym():
            forbidden = stat.S_ISUID | stat.S_ISGID | 0o022
            expected = 0o022 if entry.name == "tmp" else 0
            assert entry.mode & forbidden == expected, entry.name


def test_every_shared_library_is_inside(image):
    [loader] = [image.name_of(file) for file in image.files()
                if LOADER.search(file.name)]
    listed = image.output_of("/" + loader, "--list", "/locust-operator")
    outside = subprocess.run(["ldd", binary()], check=True, text=True,
                             capture_output=True).stdout
    names = re.compile(r"^\s*(lib\S+) => /", re.MULTILINE)
    assert len(names.findall(listed)) > 20
    assert set(names.findall(listed)) == set(names.findall(outside))


def test_no_path_of_the_build_is_in_the_program(image):
    program = (image.root / "locust-operator").read_bytes()
    for path in (binary().parents[2], images.ROOT, "../source"):
        assert f"{path}/".encode() not in program


# -- description --------------------------------------------------------------


def test_user_entry_point_and_labels(image):
    assert image.config["User"] == USER
    assert image.config["Entrypoint"] == ["/locust-operator"]
    output = image.output_of("/locust-operator", "--version")
    label = "org.opencontainers.image.{}".format
    assert output == (f"locust-operator {image.labels[label('version')]}, "
                    f"commit {image.labels[label('revision')]} of "
                    f"{image.labels[label('created')]}\n")
    assert image.labels[label("licenses")] == "Apache-2.0"
    assert image.labels[label("title")] == "locust-operator"
    assert image.labels[label("base.name")] == "scratch"


def test_a_second_build_is_the_same(image, tmp_path):
    again = images.build(cache=tmp_path)
    assert again != image.file
    for file in (image.file, image.file.with_suffix(".spdx.json")):
        assert (again.parent / file.name).read_bytes() == file.read_bytes()


def test_an_image_that_is_there_is_not_made_again(image):
    before = image.file.stat()
    assert images.build() == image.file
    assert image.file.stat() == before


# -- bill of materials --------------------------------------------------------


def test_the_document_keeps_the_rules(image):
    assert spdx.broken_rules(image.sbom) == []


def test_every_file_is_listed_with_its_checksum(image):
    listed = {file["fileName"]: {sum_["algorithm"]: sum_["checksumValue"]
                                 for sum_ in file["checksums"]}
              for file in image.sbom["files"]}
    assert listed == {
        "./" + image.name_of(file): {
            "SHA1": hashlib.sha1(content := file.read_bytes()).hexdigest(),
            "SHA256": hashlib.sha256(content).hexdigest()}
        for file in image.files()}


def test_every_package_is_listed_with_its_version(image):
    listed = {package["name"]: package["versionInfo"]
              for package in image.sbom["packages"]}
    owners = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${Version}\n",
         *(name for name in listed if "locust-operator" not in name)],
        check=True, text=True, capture_output=True).stdout
    installed = dict(line.split() for line in owners.splitlines())
    assert len(installed) == len(listed) - 2
    assert installed.items() <= listed.items()
    assert {"libc6", "libssl3", "libcurl4", "rapidjson-dev",
            "libcli11-dev", "libexpected-dev",
            "libboost1.74-dev"} <= set(installed)


def test_what_is_compiled_in_is_what_the_compiler_read(image):
    """Headers from packages that belong neither to the toolchain nor to a library in
    the image. Ninja knows which headers were read."""
    build = binary().parents[1]
    output = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True,
                          text=True, capture_output=True).stdout
    headers = {os.path.realpath(line.strip()) for line in output.splitlines()
               if line.startswith("    /usr/include/")}
    found = subprocess.run(["dpkg-query", "--search", *headers], text=True,
                           capture_output=True, check=False).stdout
    packages = {line.partition(":")[0] for line in found.splitlines()}
    sources = dict(_sources(packages))
    inside = {source for package in image.sbom["packages"]
              if (source := package.get("sourceInfo", "").rpartition(" ")[2])}
    toolchain = {"glibc", "linux", "gcc-12"}
    assert {"rapidjson-dev", "libboost1.74-dev"} <= set(sources)
    assert not {name: source for name, source in sources.items()
                if source not in inside | toolchain}


def _sources(packages):
    output = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${source:Package}\n",
         *packages], check=True, text=True, capture_output=True).stdout
    return [line.split() for line in output.splitlines()]


# -- life ---------------------------------------------------------------------


def test_it_answers_without_anything_else(image):
    assert "--leader-elect" in image.output_of("/locust-operator", "--help")


def test_it_runs_without_any_privilege(image, plane,
                                                       tmp_path):
    api = Api(plane.kubeconfig)
    install_crd(api, Kubectl(plane.kubeconfig))
    # The only file that it gets. Everything else is read-only.
    given = image.root / "tmp/kubeconfig"
    given.write_bytes(plane.kubeconfig.read_bytes())
    log = tmp_path / "operator.log"
    try:
        with open(log, "wb") as out:
            process = image.run(
                "/locust-operator", "--kubeconfig=/tmp/kubeconfig",
                "--health-probe-bind-address=127.0.0.1:0", stdout=out,
                stderr=out)
        try:
            port = wait_for("its probes are served",
                            lambda: re.search(r"probes at http://.*:(\d+)\n",
                                              log.read_text()))[1]
            for path in ("healthz", "readyz"):
                wait_for(f"/{path} is ok", lambda path=path: _status(
                    f"http://127.0.0.1:{port}/{path}"),
                    lambda status: status == 200)
            assert _capabilities(process.pid) == {0}
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0, log.read_text()
    finally:
        given.unlink()


def _status(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except OSError as failure:
        return str(failure)


def _capabilities(pid):
    """Its capabilities, and those that it could gain."""
    with open(f"/proc/{pid}/status") as file:
        return {int(line.split()[1], 16) for line in file
                if line.startswith(("CapInh", "CapPrm", "CapEff", "CapAmb"))}
