"""For all tests in Python."""

import shutil
import tempfile

import pytest


def pytest_configure(config):
    """kubectl and helm keep what they discover of a cluster, by its address. The
    next cluster with that address may have other kinds, and without HOME they
    would keep it in the work tree."""
    folder = tempfile.mkdtemp(prefix="locust-operator-kubectl-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    patch = pytest.MonkeyPatch()
    patch.setenv("KUBECACHEDIR", folder)
    config.add_cleanup(patch.undo)
