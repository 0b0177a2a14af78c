"""Several replicas: which one works, and who takes over when.

The cases mostly wait, so they run side by side, each with a namespace, a Lease
and operators of its own. They return what they measured.
"""

import datetime
import itertools
import os
import re
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import Api, path_of
from support.audit import Audit
from support.gate import Gate
from support.job_controller import JobController
from support.kubeconfig import edited_kubeconfig
from support.kubectl import Kubectl
from support.objects import OPERATOR_ENVIRONMENT, condition, locust_test, phase
from support.operator_process import STOP_BOUND, Operator
from support.waiting import wait_for
from support.world import install_crd

LEASE = "locust-k8s-operator.locust.io"
LEASE_DURATION, RENEW_DEADLINE = 4.0, 3.0  # seconds
TIMINGS = [f"--leader-elect-lease-duration={LEASE_DURATION:g}s",
           f"--leader-elect-renew-deadline={RENEW_DEADLINE:g}s",
           "--leader-elect-retry-period=500ms"]
HANDOVER = 2.0  # seconds from SIGTERM to another leader
TAKEOVER = 1.0  # seconds from having the Lease to the first decision
SLACK = 4.0  # seconds that the API server may take on a busy machine
LEADING = " leading; "
LOST = "lost the lead"
LONG_AGO = "2020-01-01T00:00:00.000000Z"  # clocks of others mean nothing


class Replicas:
    """A namespace and the operators that look after it alone."""

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
        """A way to the API server that can be cut."""
        made = Gate((self.api.host.hostname, self.api.host.port))
        made.kubeconfig = edited_kubeconfig(
            self.plane.kubeconfig, self.folder / f"gate-{made.port}",
            lambda cluster, _: cluster.update(
                server=f"https://127.0.0.1:{made.port}"))
        made.open()
        self._gates.append(made)
        return made

    def mute(self, gate, leader):
        """Lets its writes go nowhere, and gives it some to make."""
        self.create("heard")
        self.wait_for_jobs("heard")
        gate.mute()
        self.create()
        leader.wait_for_line(f"{self.namespace}/t ", "Accepted")

    # -- the Lease -----------------------------------------------------------

    def lease(self):
        return self.api.get("Lease", self.namespace, LEASE)["spec"]

    def hold_lease(self, holder="someone", seconds=3600):
        """Plays another replica, of whichever operator, that is quicker."""
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
            self.jobs.set_active(f"{name}-{job}", ready=1)
        return self.wait_for_phase("Running", name)

    def end_test(self, name="t"):
        for job in ("master", "worker"):
            self.jobs.complete(f"{name}-{job}")
        return self.wait_for_phase("Succeeded", name)

    def writes(self, since=0):
        """What operators have written here, but for Leases."""
        self.audit.catch_up(self.api, self.namespace)
        return [(verb, resource, name, code) for verb, resource, name, code
                in self.audit.writes(self.namespace, since)
                if not name.startswith(LEASE)]

    def assert_one_run(self, name="t"):
        """Whoever led: one of each child, and a history without a break."""
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
    """Between two of its log lines; what the API server takes is not its own."""
    first, last = (datetime.datetime.fromisoformat(
        operator.wait_for_line(*words).split()[0])
        for words in ([begin], end))
    return (last - first).total_seconds()


def frozen(operator):
    os.kill(operator.pid, signal.SIGSTOP)


def thawed(operator):
    os.kill(operator.pid, signal.SIGCONT)


# -- cases --------------------------------------------------------------------------


def a_follower_watches_and_takes_over_at_once(at):
    at.hold_lease()
    follower = at.start()
    assert wait_for("readiness", lambda: follower.probe("/readyz"),
                    lambda seen: seen[0] == 200)
    at.create()
    at.create("gone")
    time.sleep(1.5)
    at.api.delete("LocustTest", at.namespace, "gone")
    assert at.writes() == []
    assert "status" not in at.test()
    assert not follower.lines_with(LEADING)

    at.hold_lease(holder="", seconds=1)
    at.wait_for_jobs()
    taken = seconds_from(follower, "became leader", "/t ", "Accepted")
    assert taken < TAKEOVER
    at.run_test("next")
    assert at.lease()["leaseTransitions"] == 8
    assert not [w for w in at.writes() if w[2].startswith("gone")]
    return f"from the Lease to the first decision: {taken * 1000:.0f} ms"


def a_leader_that_stops_hands_over(at):
    first = at.start_leader()
    at.run_test()
    second = at.start()
    holder = at.lease()["holderIdentity"]
    assert re.fullmatch(r".+_[0-9a-f-]{36}", holder)
    begin = time.monotonic()
    stopper = ThreadPoolExecutor(1).submit(first.stop)
    wait_for("another leader", lambda: at.lease()["holderIdentity"],
             lambda name: name not in ("", holder), pause=0.01)
    taken = time.monotonic() - begin
    assert taken < HANDOVER
    code, stopping = stopper.result()
    assert code == 0
    second.wait_for_line(LEADING)
    at.end_test()
    at.assert_one_run()
    assert at.lease()["leaseTransitions"] == 1
    messages = [e["message"] for e in at.api.list("Event", at.namespace)
                if e.get("reason") == "LeaderElection"]
    assert f"{holder} became leader" in messages and len(messages) == 2
    return (f"SIGTERM to the next leader: {taken * 1000:.0f} ms, to the end: "
            f"{stopping * 1000:.0f} ms")


def a_leader_that_is_killed_is_followed_when_its_lease_ends(at):
    first = at.start_leader()
    second = at.start()
    at.run_test()
    first.kill()
    begin = time.monotonic()
    # What happens meanwhile is seen later.
    for job in ("master", "worker"):
        at.jobs.complete(f"t-{job}")
    at.wait_for_phase("Succeeded")
    taken = time.monotonic() - begin
    # Its last renewal was up to half a second before.
    assert LEASE_DURATION - 1 < taken < LEASE_DURATION + TAKEOVER + SLACK
    assert second.lines_with(LEADING)
    at.assert_one_run()
    return f"SIGKILL to the next leader's first status: {taken:.1f} s"


def a_leader_that_was_frozen_writes_nothing_more(at):
    leader = at.start_leader()
    at.run_test()
    frozen(leader)
    time.sleep(LEASE_DURATION + 0.5)
    at.hold_lease()
    # All of this reaches it first of all when it goes on.
    for job in ("master", "worker"):
        at.jobs.complete(f"t-{job}")
    for i in range(20):
        at.create(f"late-{i}")
    since = at.audit.now()
    thawed(leader)
    begin = time.monotonic()
    assert leader.wait() == 1
    taken = time.monotonic() - begin
    [line] = leader.lines_with(" error ")
    assert LOST in line
    assert at.writes(since) == []
    assert at.lease()["holderIdentity"] == "someone"
    assert phase(at.test()) == "Running"
    return f"SIGCONT to the end: {taken * 1000:.0f} ms"


def a_leader_without_an_api_server_ends_in_time(at):
    gate = at.gate()
    leader = at.start_leader(kubeconfig=gate.kubeconfig)
    gate.close()
    begin = time.monotonic()
    assert leader.wait(RENEW_DEADLINE + SLACK) == 1
    taken = time.monotonic() - begin
    assert RENEW_DEADLINE - 1 < taken
    [line] = leader.lines_with(" error ")
    assert LOST in line and "could not be renewed in time" in line
    return f"without an API server to the end: {taken:.1f} s"


def another_holder_ends_a_leader_at_once(at):
    leader = at.start_leader()
    at.hold_lease()
    assert leader.wait(5) == 1
    [line] = leader.lines_with(" error ")
    assert LOST in line and 'held by "someone"' in line


def a_stop_takes_no_longer_with_writes_that_get_no_answer(at):
    gate = at.gate()
    leader = at.start_leader("--leader-elect-lease-duration=60s",
                             "--leader-elect-renew-deadline=50s",
                             kubeconfig=gate.kubeconfig)
    at.mute(gate, leader)
    code, taken = leader.stop()
    assert code == 0
    assert leader.lines_with("stopped before every status was stored")
    return f"SIGTERM with pending writes to the end: {taken:.1f} s"


def a_stop_takes_no_longer_before_there_is_an_api_server(at):
    gate = at.gate()
    gate.close()
    waiting = at.start(kubeconfig=gate.kubeconfig, wait=False)
    waiting.wait_for_line("waiting:")
    code, taken = waiting.stop()
    assert code == 0
    return f"SIGTERM before there is an API server to the end: {taken:.1f} s"


def a_follower_stops_and_a_second_signal_ends_at_once(at):
    at.hold_lease()
    code, taken = at.start().stop()
    assert code == 0 and taken < STOP_BOUND
    assert at.lease()["holderIdentity"] == "someone"
    gate = at.gate()
    hanging = at.start_leader("--leader-elect-namespace=default",
                              kubeconfig=gate.kubeconfig)
    at.mute(gate, hanging)
    os.kill(hanging.pid, signal.SIGTERM)
    hanging.wait_for_line("stopping")
    begin = time.monotonic()
    os.kill(hanging.pid, signal.SIGTERM)
    assert hanging.wait() == 1
    assert time.monotonic() - begin < 1


def replicas_that_come_and_go_make_one_of_each(at):
    """Five handovers under load, by releases; every test is made once."""
    names = [f"t{i}" for i in range(20)]
    replicas = [at.start() for _ in range(3)]
    creator = threading.Thread(target=lambda: [
        (at.create(name), time.sleep(0.1)) for name in names])
    creator.start()
    for _ in range(5):
        leader = wait_for("a leader", lambda: [
            r for r in replicas if r.lines_with(LEADING)])[0]
        time.sleep(0.3)
        assert leader.stop()[0] == 0
        replicas.remove(leader)
        replicas.append(at.start(wait=False))
    creator.join()
    for name in names:
        wait_for(f"{name} to be ready", lambda: condition(
            at.test(name), "Ready").get("status"),
            lambda status: status == "True", timeout=20)
    made = [w[2] for w in at.writes() if w[:2] == ("create", "jobs")
            and w[3] == 201]
    assert sorted(made) == sorted(
        f"{n}-{job}" for n, job in itertools.product(names,
                                                     ("master", "worker")))
    for name in names:
        history = at.test(name)["status"]["history"]
        assert [e["sequence"] for e in history] == [
            *range(1, len(history) + 1)], history
        assert [e["kind"] for e in history].count("Accepted") == 1


CASES = [a_leader_that_is_killed_is_followed_when_its_lease_ends,
         a_leader_that_was_frozen_writes_nothing_more,
         replicas_that_come_and_go_make_one_of_each,
         a_follower_watches_and_takes_over_at_once,
         a_leader_that_stops_hands_over,
         a_leader_without_an_api_server_ends_in_time,
         another_holder_ends_a_leader_at_once,
         a_stop_takes_no_longer_with_writes_that_get_no_answer,
         a_stop_takes_no_longer_before_there_is_an_api_server,
         a_follower_stops_and_a_second_signal_ends_at_once]
SIDE_BY_SIDE = 4


@pytest.fixture(scope="module")
def outcomes(plane, tmp_path_factory):
    api = Api(plane.kubeconfig)
    install_crd(api, Kubectl(plane.kubeconfig))
    folder = tmp_path_factory.mktemp("replicas")

    def run(case):
        at = Replicas(plane, folder, case.__name__)
        try:
            return case(at)
        finally:
            at.close()

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {case: pool.submit(run, case) for case in CASES}


@pytest.mark.parametrize("scene", CASES, ids=lambda scene: scene.__name__)
def test_replicas(outcomes, scene):
    if measured := outcomes[scene].result(120):
        print(measured)
