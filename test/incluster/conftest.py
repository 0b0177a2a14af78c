"""The image of the operator on a real node, installed with the chart, two replicas.

Needs KUBECONFIG, LOCUST_OPERATOR_TEST_CLUSTER, LOCUST_OPERATOR_BINARY and
LOCUST_OPERATOR_AUDIT_LOG, which `tools/test incluster` sets.
"""

import os

import pytest

from support import cluster, concurrent_cases, image
from support.api import Api
from support.audit import Audit
from support.case import Case
from support.concurrent_cases import (  # noqa: F401
    case,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_pyfunc_call,
)
from support.installed import Installed
from support.kubectl import Kubectl
from support.objects import real_test
from support.recorder import Recorder
from support.target import Target

NEEDED = ("KUBECONFIG", "LOCUST_OPERATOR_TEST_CLUSTER",
          "LOCUST_OPERATOR_BINARY", "LOCUST_OPERATOR_AUDIT_LOG")

# Measurements that are printed at the end.
FIGURES = pytest.StashKey()


class InCluster:
    """Like support.testbed.Testbed, but with the operator in the cluster."""

    def __init__(self, folder):
        self.api = Api(os.environ["KUBECONFIG"])
        self.kubectl = Kubectl(self.api.kubeconfig)
        self.audit = Audit(os.environ["LOCUST_OPERATOR_AUDIT_LOG"])
        self.cluster = os.environ["LOCUST_OPERATOR_TEST_CLUSTER"]
        self.folder = folder
        self.operator = Installed(self.api, self.kubectl)
        cluster.tool("load-image", "--name", self.cluster, image.build())
        self.helm_output = self.operator.install().stdout
        self.seen = Recorder(self.api)
        self.target = Target(self.api.host.hostname)
        self.figures = []
        self.long_run = self._start_long_run()

    def _start_long_run(self):
        """Starts a test that runs during all disturbances of the operator and must
        not be affected."""
        made = Case(self, "long run")
        made.create_locustfiles()
        made.create(real_test(self.target.url, workers=2, seconds=3600,
                              file="until_stopped.py"))
        return made

    def close(self):
        self.seen.close()
        self.target.close()

    def note_delay(self, title, seconds):
        self.figures.append(f"{seconds:5.2f} s: {title}")


@pytest.fixture(scope="session")
def testbed(request, tmp_path_factory):
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.skip(f"{', '.join(missing)} unset: use `tools/test incluster`")
    made = InCluster(tmp_path_factory.mktemp("incluster"))
    request.config.stash[FIGURES] = made.figures
    concurrent_cases.begin(request.session, made)
    yield made
    concurrent_cases.end(request.session)
    made.close()


def pytest_terminal_summary(terminalreporter):
    for figure in terminalreporter.config.stash.get(FIGURES, []):
        terminalreporter.write_line(figure)
