"""What the reference operator left on a real node. Its Jobs are made here as it
makes them; kubelet, Job controller and Locust do the rest."""

import pytest

from support.objects import OPERATOR_ENVIRONMENT, condition, phase, real_test
from support.predecessor import FINALIZER, Predecessor
from support.waiting import wait_for

pytestmark = pytest.mark.away

AGE = 60  # seconds that the run is older than it is: nobody looks at a clock


def left_running(case, seconds):
    """A test with three pods that run, which the reference operator left."""
    case.create_locustfiles()
    before = Predecessor(case.api, case.namespace, OPERATOR_ENVIRONMENT)
    test = before.create(real_test(case.world.target.url, workers=2,
                                   seconds=seconds))
    before.pending(test)
    before.make(test)
    wait_for("three pods run", lambda: [
        pod for job in ("t-master", "t-worker")
        for pod in case.pods_of(job) if phase(pod) == "Running"],
        lambda pods: len(pods) == 3, timeout=60)
    return before.running(test, AGE)


def test_a_run_is_taken_over_in_its_midst(case):
    with case.operator_away():
        before = left_running(case, seconds=40)
        children = {kind: {name: one["metadata"]["uid"]
                           for name, one in case.present(kind).items()}
                    for kind in ("Service", "Job", "Pod")}
        mark = case.world.audit.now()
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
    writes = [w for w in case.world.audit.writes(case.namespace, mark)
              if w[1] != "events"]
    assert {w[1] for w in writes} == {"locusttests/status"}
    assert len(writes) <= 6


def test_a_run_that_is_being_deleted_is_let_go(case):
    with case.operator_away():
        left_running(case, seconds=120)
        case.delete("LocustTest", "t")
        assert case.get("LocustTest", "t")["metadata"]["finalizers"]
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None, timeout=5)
    for kind in ("Service", "Job", "Pod"):
        wait_for(f"every {kind} is gone", lambda: case.present(kind),
                 lambda some: not some, timeout=60)
