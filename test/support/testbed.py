"""The cluster, the operator, and a recorder; one per session."""

import urllib.parse

from .api import Api
from .audit import Audit
from .kubectl import Kubectl
from .objects import OPERATOR_ENVIRONMENT
from .operator_process import Operator
from .paths import CRD
from .recorder import Recorder
from .waiting import wait_for


class Testbed:
    __test__ = False  # no tests, in spite of its name

    def __init__(self, kubeconfig, audit_log, folder, environment=None,
                 flags=()):
        self.api = Api(kubeconfig)
        self.kubectl = Kubectl(kubeconfig)
        self.audit = Audit(audit_log)
        install_crd(self.api, self.kubectl)
        self.seen = Recorder(self.api)
        self.operator = Operator(
            kubeconfig, folder / "operator.log",
            {**OPERATOR_ENVIRONMENT, **(environment or {})}, flags)
        self._delays = []

    def close(self):
        self.operator.close()
        self.seen.close()

    @property
    def host_address(self):
        """An address of this machine that pods can reach."""
        return urllib.parse.urlsplit(self.api.server).hostname

    def note_delay(self, title, seconds):
        self._delays.append((seconds, title))

    def delays(self):
        """Delays between changes and their reports, longest first."""
        return sorted(self._delays, reverse=True)


def install_crd(api, kubectl):
    kubectl.run("apply", "--server-side", "--force-conflicts", "-f", CRD)
    wait_for("the API server serves LocustTests",
             lambda: api.exchange("GET", "/apis/locust.io/v2/locusttests")[0],
             lambda status: status == 200)
