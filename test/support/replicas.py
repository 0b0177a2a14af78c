"""Several operators that watch one namespace and share a Lease."""

import datetime
import time
import uuid

from .api import Api, path_of
from .audit import Audit
from .gate import open_gate
from .job_controller import JobController
from .objects import OPERATOR_ENVIRONMENT, locust_test, phase
from .operator_process import Operator
from .waiting import wait_for

LEASE = "locust-k8s-operator.locust.io"
LEASE_DURATION, RENEW_DEADLINE = 4.0, 3.0  # seconds
TIMINGS = [f"--leader-elect-lease-duration={LEASE_DURATION:g}s",
           f"--leader-elect-renew-deadline={RENEW_DEADLINE:g}s",
           "--leader-elect-retry-period=500ms"]
LEADING = " leading; "
LONG_AGO = "2020-01-01T00:00:00.000000Z"  # clocks of other replicas do not matter


class Replicas:
    """A namespace and the operators that watch only this namespace."""

    def __init__(self, plane, folder, title):
        self.plane, self.folder = plane, folder
        self.api = Api(plane.kubeconfig)
        self.audit = Audit(plane.audit_log)
        self.namespace = (title.replace("_", "-")[:40].strip("-")
                          + "-" + uuid.uuid4().hex[:5])
        self.api.create({"kind": "Namespace", "apiVersion": "v1",
                         "metadata": {"name": self.namespace}})
        self.jobs = JobController(self.api, self.namespace)
        self._all, self._gates = [], []

    def close(self):
        for one in self._all:
            one.close()
        for gate in self._gates:
            gate.close()

    def start(self, *flags, kubeconfig=None, wait=True):
        log = self.folder / f"{self.namespace}-{len(self._all)}.log"
        made = Operator(kubeconfig or self.plane.kubeconfig, log,
                        OPERATOR_ENVIRONMENT, [
                            "--leader-elect",
                            f"--leader-elect-namespace={self.namespace}",
                            f"--watch-namespaces={self.namespace}",
                            *TIMINGS, *flags])
        self._all.append(made)
        made.start(wait=wait)
        return made

    def start_leader(self, *flags, **options):
        made = self.start(*flags, **options)
        made.wait_for_line(LEADING)
        return made

    def gate(self):
        """A connection to the API server that can be interrupted."""
        made = open_gate(self.api, self.folder)
        self._gates.append(made)
        return made

    def drop_writes(self, gate, leader):
        """Discards the leader's writes, and causes some."""
        self.create("heard")
        self.wait_for_jobs("heard")
        gate.drop_writes()
        self.create()
        leader.wait_for_line(f"{self.namespace}/t ", "Accepted")

    # -- the Lease -----------------------------------------------------------

    def lease(self):
        return self.api.get("Lease", self.namespace, LEASE)["spec"]

    def hold_lease(self, holder="someone", seconds=3600):
        """Acts as another replica that acquires the Lease first."""
        while True:
            there = self.api.get("Lease", self.namespace, LEASE)
            body = there or {"kind": "Lease",
                             "apiVersion": "coordination.k8s.io/v1",
                             "metadata": {"name": LEASE}}
            body["spec"] = {"holderIdentity": holder, "acquireTime": LONG_AGO,
                            "renewTime": LONG_AGO, "leaseTransitions": 7,
                            "leaseDurationSeconds": seconds}
            status, _ = self.api.exchange(
                "PUT" if there else "POST", path_of(
                    "Lease", self.namespace, LEASE if there else None), body)
            if status != 409:
                assert status < 300
                return

    # -- LocustTests ---------------------------------------------------------

    def create(self, name="t"):
        self.api.create(locust_test(name), self.namespace)

    def test(self, name="t"):
        return self.api.get("LocustTest", self.namespace, name)

    def wait_for_jobs(self, name="t", timeout=10.0):
        begin = time.monotonic()
        wait_for(f"the Jobs of {name}", lambda: self.api.get(
            "Job", self.namespace, f"{name}-worker"), timeout=timeout,
            pause=0.01)
        return time.monotonic() - begin

    def wait_for_phase(self, wanted, name="t"):
        return wait_for(f"phase {wanted}", lambda: self.test(name),
                        lambda test: phase(test) == wanted, timeout=15)

    def run_test(self, name="t"):
        self.create(name)
        self.wait_for_jobs(name)
        for job in ("master", "worker"):
            self.jobs.run_job(f"{name}-{job}", ready=1)
        return self.wait_for_phase("Running", name)

    def end_test(self, name="t"):
        for job in ("master", "worker"):
            self.jobs.complete(f"{name}-{job}")
        return self.wait_for_phase("Succeeded", name)

    def writes(self, since=0):
        """The writes of operators in this namespace, except to Leases."""
        self.audit.catch_up(self.api, self.namespace)
        return [(verb, resource, name, code) for verb, resource, name, code
                in self.audit.writes(self.namespace, since)
                if not name.startswith(LEASE)]

    def assert_one_run(self, name="t"):
        """Each child was created once, and the history has no gap."""
        made = [w[1:3] for w in self.writes() if w[0] == "create"
                and w[1] in ("jobs", "services")]
        assert sorted(made) == [("jobs", f"{name}-master"),
                                ("jobs", f"{name}-worker"),
                                ("services", f"{name}-master")]
        history = self.test(name)["status"]["history"]
        assert [e["sequence"] for e in history] == [
            *range(1, len(history) + 1)], history
        kinds = [e["kind"] for e in history]
        for once in ("Accepted", "Running", "Ended"):
            assert kinds.count(once) == 1, kinds
        assert "TakenOver" not in kinds


def seconds_from(operator, begin, *end):
    """Seconds between two log lines of the operator."""
    first, last = (datetime.datetime.fromisoformat(
        operator.wait_for_line(*words).split()[0])
        for words in ([begin], end))
    return (last - first).total_seconds()
