import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/kubernetes"))


@pytest.fixture
def state_root(tmp_path, monkeypatch):
    """A state folder of the test's own, beside whatever clusters are up."""
    monkeypatch.setenv("LOCUST_OPERATOR_STATE", str(tmp_path / "state"))
    return tmp_path / "state"
