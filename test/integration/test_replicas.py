"""Leader election and fail-over of several replicas.

The cases mostly wait, so they run concurrently, each with its own namespace, Lease
and operators. They return their measurements.
"""

import itertools
import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import Api
from support.kubectl import Kubectl
from support.objects import condition, phase
from support.operator_process import STOP_BOUND
from support.replicas import (
    LEADING,
    LEASE_DURATION,
    RENEW_DEADLINE,
    Replicas,
    seconds_from,
)
from support.testbed import install_crd
from support.waiting import wait_for

HANDOVER = 2.0  # seconds from SIGTERM to another leader
TAKEOVER = 1.0  # seconds from acquiring the Lease to the first decision
SLACK = 4.0  # seconds that the API server may need on a busy machine
LOST = "leader election lost"


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
    # Changes in the meantime are observed later.
    for job in ("master", "worker"):
        at.jobs.complete(f"t-{job}")
    at.wait_for_phase("Succeeded")
    taken = time.monotonic() - begin
    # Its last renewal was up to half a second ago.
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
    # It receives all of this first when it continues.
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
    assert taken > RENEW_DEADLINE - 1
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
    at.drop_writes(gate, leader)
    code, taken = leader.stop()
    assert code == 0
    assert leader.lines_with("stopped before all writes were answered")
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
    at.drop_writes(gate, hanging)
    os.kill(hanging.pid, signal.SIGTERM)
    hanging.wait_for_line("stopping")
    begin = time.monotonic()
    os.kill(hanging.pid, signal.SIGTERM)
    assert hanging.wait() == 1
    assert time.monotonic() - begin < 1


def replicas_that_come_and_go_make_one_of_each(at):
    """Five handovers under load; each test is created once."""
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


@pytest.mark.parametrize("scenario", CASES, ids=lambda scenario: scenario.__name__)
def test_replicas(outcomes, scenario):
    if measured := outcomes[scenario].result(120):
        print(measured)
