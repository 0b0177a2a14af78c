"""The committed files are what tools/manifests generates."""

import shutil
import subprocess

import pytest

from crd_file import CRD, ROOT

INSTALL = "deploy/install.yaml"
COPIES = ["deploy/helm/locust-operator/files/crd.yaml",
          "deploy/kustomize/crd/crd.yaml"]
RULES = "deploy/helm/locust-operator/files/alert-rules.yaml"

pytestmark = pytest.mark.skipif(not shutil.which("go"),
                                reason="no go, which builds kubectl")


def manifests(root, *options):
    return subprocess.run([root / "tools/manifests", *options],
                          capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """A tree with only the tool, its input and its output, and a link to
    tools/cluster."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/manifests", tmp_path / "tools/manifests")
    (tmp_path / "tools/cluster").symlink_to(ROOT / "tools/cluster")
    return tmp_path


def test_the_committed_files_are_fresh():
    done = manifests(ROOT, "--check")
    assert done.returncode == 0, done.stderr


def test_stale_files_are_reported_and_updated(copy):
    rules = copy / "deploy/observability/alert-rules.yaml"
    rules.write_text(rules.read_text() + "# more\n")
    crd = copy / "deploy/crd" / CRD.name
    crd.write_text(CRD.read_text().replace("maximum: 500", "maximum: 50", 1))
    done = manifests(copy, "--check")
    assert done.returncode == 1
    for name in (*COPIES, RULES):
        assert f"manifests: {name} is stale; run tools/manifests" in done.stderr
    assert manifests(copy).returncode == 0
    assert manifests(copy, "--check").returncode == 0
    assert (copy / RULES).read_text() == rules.read_text()
    for name in (*COPIES, INSTALL):
        assert "maximum: 50\n" in (copy / name).read_text()


def test_another_option_is_none():
    assert "--check" in manifests(ROOT, "--chekc").stderr
