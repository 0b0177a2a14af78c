import shutil

import pytest

from support.paths import ROOT


@pytest.fixture
def state_root(tmp_path, monkeypatch):
    """A temporary state folder, independent of existing clusters."""
    monkeypatch.setenv("LOCUST_OPERATOR_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def crdgen_tree(tmp_path):
    """A tree with only tools/crdgen, its input and its output."""
    tree = tmp_path / "crdgen_tree"
    for package in ("", "crdgen", "shared"):
        folder = tree / "tools/lib" / package
        folder.mkdir(parents=True)
        for file in (ROOT / "tools/lib" / package).glob("*.*"):
            shutil.copy(file, folder)
    shutil.copy(ROOT / "tools/crdgen", tree / "tools")
    shutil.copytree(ROOT / "deploy/crd", tree / "deploy/crd")
    return tree
