"""Migration of running tests on a real node. The tests create Jobs like the Go
operator; kubelet, Job controller and Locust are real."""

import itertools

import pytest

from support.go_operator import FINALIZER, GoOperator
from support.objects import OPERATOR_ENVIRONMENT, condition, phase, real_test
from support.waiting import wait_for

pytestmark = pytest.mark.operator_down

AGE = 60  # seconds that the status says the run is older than it is


def left_running(case, seconds):
    """Creates a test with three running pods, as the Go operator would."""
    case.create_locustfiles()
    go_operator = GoOperator(case.api, case.namespace, OPERATOR_ENVIRONMENT)
    test = go_operator.create(real_test(case.testbed.target.url, workers=2,
                                   seconds=seconds))
    go_operator.pending(test)
    go_operator.create_children(test)
    wait_for("three pods run", lambda: [
        pod for job in ("t-master", "t-worker")
        for pod in case.pods_of(job) if phase(pod) == "Running"],
        lambda pods: len(pods) == 3, timeout=60)
    return go_operator.running(test, AGE)


def test_a_running_test_is_migrated(case):
    with case.operator_down():
        before = left_running(case, seconds=40)
        children = {kind: {name: one["metadata"]["uid"]
                           for name, one in case.present(kind).items()}
                    for kind in ("Service", "Job", "Pod")}
        mark = case.testbed.audit.now()
    counted = case.first_test(
        lambda t: "reported by the Locust master"
        in condition(t, "WorkersConnected").get("message", "")).object
    assert phase(counted) == "Running"
    assert counted["status"]["connectedWorkers"] == 2
    assert counted["status"]["history"][0]["kind"] == "TakenOver"
    assert condition(counted, "WorkersConnected")["lastTransitionTime"] == (
        condition(before, "WorkersConnected")["lastTransitionTime"])
    done = case.wait_for_phase("Succeeded").object
    assert case.phases() == ["Pending", "Running", "Succeeded"]
    assert done["status"]["startTime"] == before["status"]["startTime"]
    assert done["metadata"]["finalizers"] == [FINALIZER]
    assert {kind: {name: one["metadata"]["uid"]
                   for name, one in case.present(kind).items()}
            for kind in children} == children
    writes = [w for w in case.testbed.audit.writes(case.namespace, mark)
              if w[1] != "events"]
    assert {w[1] for w in writes} == {"locusttests/status"}
    assert len(without_figures(case)) <= 6


def without_figures(case):
    """The statuses since the migration, without those that differ in live figures
    only."""
    statuses = [{key: value for key, value in seen.object["status"].items()
                 if key != "load"}
                for seen in case.seen.observations("LocustTest", case.namespace, "t")
                if seen.object.get("status", {}).get("history")]
    return [one for one, _ in itertools.groupby(statuses)]


def test_a_deletion_is_completed(case):
    with case.operator_down():
        left_running(case, seconds=120)
        case.delete("LocustTest", "t")
        assert case.get("LocustTest", "t")["metadata"]["finalizers"]
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None, timeout=5)
    for kind in ("Service", "Job", "Pod"):
        wait_for(f"every {kind} is gone", lambda: case.present(kind),
                 lambda some: not some, timeout=60)
