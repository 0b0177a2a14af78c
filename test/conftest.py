"""Settings for all Python tests."""

import shutil
import tempfile

import pytest


def pytest_configure(config):
    """Gives kubectl and helm a temporary discovery cache. They cache by address, and
    the next cluster with that address may have other kinds. Without HOME, they
    would write the cache to the work tree."""
    folder = tempfile.mkdtemp(prefix="locust-operator-kubectl-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    patch = pytest.MonkeyPatch()
    patch.setenv("KUBECACHEDIR", folder)
    config.add_cleanup(patch.undo)
