import pytest


@pytest.fixture
def state_root(tmp_path, monkeypatch):
    """A state folder of the test's own, beside whatever clusters are up."""
    monkeypatch.setenv("LOCUST_OPERATOR_STATE", str(tmp_path / "state"))
    return tmp_path / "state"
