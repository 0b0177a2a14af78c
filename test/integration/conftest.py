"""Tests with their own control plane, in which they act as the Job controller.

They need LOCUST_OPERATOR_BINARY, which `tools/test integration` sets. Some tests
use the cluster in KUBECONFIG instead.
"""

import os
import secrets

import pytest

from lib.test import clusters
from support import cluster
from support.case import Case
from support.job_controller import JobController
from support.testbed import Testbed

# Runs before the other tests install the CRD.
FIRST = ("test_soak.py", "test_start.py")
# These share the cluster in KUBECONFIG.
GIVEN = {f"test_{name}.py" for name in (
    "chart", "crd", "crd_rules", "crd_upgrade", "manifests",
    "webhook_manifests")}


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups after this
def pytest_collection_modifyitems(items):
    """Keeps tests that share a cluster in one process. The longest come first, so
    that all processes end at about the same time."""
    items.sort(key=lambda item: (item.path.name not in FIRST,
                                 item.path.name not in GIVEN))
    for item in items:
        name = item.path.name
        item.add_marker(pytest.mark.xdist_group(
            "given cluster" if name in GIVEN else name))


@pytest.fixture(scope="session")
def plane(tmp_path_factory):
    if not os.environ.get("LOCUST_OPERATOR_BINARY"):
        pytest.skip("LOCUST_OPERATOR_BINARY unset: use "
                    "`tools/test integration`")
    name = clusters.cluster_of_tests(
        os.environ.get("LOCUST_OPERATOR_TEST_CLUSTER")
        or f"test-{secrets.token_hex(3)}",
        os.environ.get("PYTEST_XDIST_WORKER", clusters.WORKERS[0]))
    try:
        made = cluster.ControlPlane(name, tmp_path_factory.mktemp("audit"))
        yield made
    finally:
        cluster.tool("down", "--name", name)


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory):
    made = Testbed(plane.kubeconfig, plane.audit_log,
                 tmp_path_factory.mktemp("operator"))
    made.operator.start()
    yield made
    made.close()


@pytest.fixture
def case(request, testbed):
    made = Case(testbed, request.node.name)
    made.jobs = JobController(made.api, made.namespace)
    yield made
    made.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call" and call.excinfo and "case" in item.funcargs:
        report.get_result().sections.append(
            ("cluster", item.funcargs["case"].description()))
