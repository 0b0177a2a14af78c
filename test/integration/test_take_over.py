"""LocustTests, Services and Jobs as the reference operator left them, and what
becomes of them: nothing is made twice, touched or forgotten.

Each test has a scene, which is set before the operator starts.
"""

import json

from support.objects import condition, locust_test
from support.predecessor import CHILDREN, FINALIZER
from support.scenes import Scene, Scenes, case, transitions, world  # noqa: F401
from support.waiting import wait_for

scene = Scenes()


# -- runs in progress -----------------------------------------------------------


@scene(Scene.set_running)
def test_a_running_test_is_carried_to_its_end(case):
    test = case.taken()
    case.wait_for_event("TestStarted", timeout=15)
    case.jobs.complete("t-master")
    case.jobs.complete("t-worker")
    done = case.wait_for_phase("Succeeded", timeout=15).object
    assert case.phases() == ["Running", "Succeeded"]
    assert done["status"]["startTime"] == case.left["status"]["startTime"]
    assert done["status"]["connectedWorkers"] == 2
    assert done["metadata"]["generation"] == 2
    assert test["metadata"]["finalizers"] == [FINALIZER]
    case.assert_untouched()


@scene(Scene.set_running)
def test_what_held_has_held_since_then(case):
    case.taken()
    test = case.first_test(
        lambda t: condition(t, "TestCompleted").get("message")
        == "The test is running", timeout=15).object
    before = transitions(case.left)
    # The reference shows drift after its own write; nobody has edited anything.
    del before["SpecDrifted"]
    assert transitions(test) == before
    assert test["status"]["expectedWorkers"] == 2
    assert [c["reason"] for c in test["status"]["conditions"]] == [
        "ResourcesCreated", "AllWorkersConnected", "TestInProgress",
        "PodsHealthy"]
    case.assert_untouched()


@scene(Scene.set_running)
def test_what_is_made_again_is_what_the_reference_had_made(case):
    case.taken()
    before = case.children["WorkerJob"]
    case.delete("Job", "t-worker", propagationPolicy="Background")
    back = case.first("Job", "t-worker", lambda job: job["metadata"]["uid"]
                      != before["metadata"]["uid"], timeout=15).object

    def lines(job):
        text = json.dumps(job["spec"], indent=1, sort_keys=True)
        return text.replace(job["metadata"]["uid"], "UID")

    assert lines(back) == lines(before)
    case.wait_for_phase("Pending", timeout=15)
    case.wait_for_event("ResourceDeleted", timeout=15)
    assert [w[:3] for w in case.writes("jobs", "services", "locusttests")] == [
        ("create", "jobs", "t-worker")]


@scene(lambda case: case.set_running(phase="Pending"))
def test_a_flap_to_pending_is_the_last_one(case):
    case.wait_for_phase("Running", timeout=15)
    case.jobs.set_active("t-master", 0)
    case.jobs.complete("t-master")
    case.wait_for_phase("Succeeded", timeout=15)
    assert case.phases() == ["Pending", "Running", "Succeeded"]
    case.assert_untouched()


@scene(lambda case: (case.set_running(), case.jobs.complete("t-master"),
                     case.jobs.complete("t-worker")))
def test_a_success_that_nobody_saw_is_seen(case):
    test = case.wait_for_phase("Succeeded", timeout=15).object
    assert condition(test, "Ready")["status"] == "True"
    assert test["status"]["connectedWorkers"] == 2
    assert case.phases() == ["Running", "Succeeded"]
    case.wait_for_event("TestCompleted", timeout=15)
    case.assert_untouched()


@scene(lambda case: (case.set_running(),
                     case.jobs.end_pod("t-master-aaaa0", 1),
                     case.jobs.fail("t-master")))
def test_a_failure_that_nobody_saw_is_seen(case):
    test = case.wait_for_phase("Failed", timeout=15).object
    message = condition(test, "TestCompleted")["message"]
    assert "t-master-aaaa0" in message and "exit code 1" in message
    assert case.phases() == ["Running", "Failed"]
    case.assert_untouched()


def without_jobs(case):
    """Away for longer than the Jobs' TTL."""
    test = case.before.create(locust_test(workers=2))
    case.before.make(test, "MasterService")
    return case.before.running(test)


@scene(without_jobs)
def test_jobs_that_are_gone_are_not_run_again(case):
    test = case.wait_for_phase("Failed", timeout=15).object
    assert condition(test, "TestCompleted")["reason"] == "OutcomeUnknown"
    case.assert_untouched()


def edited(case):
    case.set_running()
    return case.patch("LocustTest", "t", {"spec": {"worker": {"replicas": 9}}})


@scene(edited)
def test_an_edit_after_the_jobs_were_made_is_drift(case):
    test = case.taken()
    drift = condition(test, "SpecDrifted")
    assert (drift["status"], drift["reason"]) == ("True", "SpecChangeIgnored")
    assert drift["lastTransitionTime"] == transitions(
        case.left)["SpecDrifted"][1]
    assert test["status"]["expectedWorkers"] == 2
    case.assert_untouched()


# -- tests that have not begun --------------------------------------------------


def beginnings(case):
    """One test for each number of children that exist."""
    for made in range(4):
        test = case.before.create(locust_test(f"t{made}"))
        if made:
            case.before.make(test, *CHILDREN[:made])
        case.before.pending(test)


@scene(beginnings)
def test_what_is_missing_is_made_and_nothing_else(case):
    for made in range(4):
        name = f"t{made}"
        case.wait_for_condition("Ready", "True", "ResourcesCreated", name,
                                timeout=15)
        test = case.test(name)
        assert test["status"]["history"][0]["kind"] == "TakenOver"
        expected = [("create", "services", f"{name}-master", 201),
                    ("create", "jobs", f"{name}-master", 201),
                    ("create", "jobs", f"{name}-worker", 201)][made:]
        assert [w for w in case.writes("jobs", "services", "locusttests")
                if w[2].startswith(name)] == expected
        case.jobs.set_active(f"{name}-master")
        case.jobs.complete(f"{name}-master")
        case.wait_for_phase("Succeeded", name, timeout=15)


# -- tests that are over --------------------------------------------------------


def over(case):
    for name, outcome in (("good", "Succeeded"), ("bad", "Failed"),
                          ("gone", "Succeeded"), ("sick", "Failed")):
        test = case.before.create(locust_test(name))
        if name != "gone":  # by their TTL
            case.before.make(test)
        case.before.over(test, outcome)
    case.jobs.complete("good-master")
    case.jobs.fail("bad-master")
    case.jobs.set_active("sick-master")  # failed by its pods; the Jobs go on
    return case.api.list("LocustTest", case.namespace)


@scene(over)
def test_a_finished_test_stays_as_it_is_written(case):
    case.delete("Job", "good-master", propagationPolicy="Background")
    case.jobs.complete("sick-master")
    # Long enough for whatever the operator might want to do.
    wait_for("the operator looks after others", case.world.audit.writes,
             lambda some: any(w[1] == "locusttests/status" for w in some))
    case.world.operator.wait_for_line(case.namespace)
    assert case.api.list("LocustTest", case.namespace) == case.left
    assert case.writes("jobs", "services", "locusttests", "locusttests/status",
                       "events") == []
