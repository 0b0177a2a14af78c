"""Migration of LocustTests, Services and Jobs that the Go operator left: nothing is
created twice, changed or lost.

Each test has a scenario, which is set up before the operator starts.
"""

import json

from support.expected_children import remove_our_own
from support.go_operator import CHILDREN, FINALIZER
from support.objects import condition, locust_test
from support.scenarios import Scenario, Scenarios, case, testbed, transitions  # noqa: F401
from support.waiting import wait_for

scenario = Scenarios()


# -- runs in progress -----------------------------------------------------------


@scenario(Scenario.set_running)
def test_a_running_test_continues_to_its_end(case):
    test = case.migrated()
    case.jobs.complete("t-master")
    case.jobs.complete("t-worker")
    done = case.wait_for_phase("Succeeded", timeout=15).object
    assert case.phases() == ["Running", "Succeeded"]
    assert done["status"]["startTime"] == case.left["status"]["startTime"]
    assert done["status"]["connectedWorkers"] == 2
    assert done["metadata"]["generation"] == 2
    assert test["metadata"]["finalizers"] == [FINALIZER]
    case.assert_untouched()


@scenario(Scenario.set_running)
def test_transition_times_are_kept(case):
    case.migrated()
    test = case.first_test(
        lambda t: t.get("status", {}).get("history")
        and condition(t, "PodsHealthy").get("reason") == "PodsHealthy",
        timeout=15).object
    before = transitions(case.left)
    # The Go operator shows drift after its own write, without any edit.
    del before["SpecDrifted"]
    assert transitions(test) == before
    assert test["status"]["expectedWorkers"] == 2
    assert [c["reason"] for c in test["status"]["conditions"]] == [
        "ResourcesCreated", "AllWorkersConnected", "TestInProgress",
        "PodsHealthy"]
    case.assert_untouched()


@scenario(Scenario.set_running)
def test_a_recreated_job_is_that_of_the_go_operator_and_our_own(case):
    case.migrated()
    before = case.children["WorkerJob"]
    case.delete("Job", "t-worker", propagationPolicy="Background")
    back = case.first("Job", "t-worker", lambda job: job["metadata"]["uid"]
                      != before["metadata"]["uid"], timeout=15).object

    def lines(job):
        text = json.dumps(job["spec"], indent=1, sort_keys=True)
        return text.replace(job["metadata"]["uid"], "UID")

    pod = remove_our_own(back)["spec"]["template"]["spec"]
    # The default of the API server.
    pod["containers"][0]["terminationMessagePolicy"] = "File"
    assert lines(back) == lines(before)
    case.wait_for_phase("Pending", timeout=15)
    case.wait_for_event("ResourceDeleted", timeout=15)
    assert [w[:3] for w in case.writes("jobs", "services", "locusttests")] == [
        ("create", "jobs", "t-worker")]


@scenario(lambda case: case.set_running(phase="Pending"))
def test_the_phase_does_not_return_to_pending(case):
    case.wait_for_phase("Running", timeout=15)
    case.jobs.set_active("t-master", 0)
    case.jobs.complete("t-master")
    case.wait_for_phase("Succeeded", timeout=15)
    assert case.phases() == ["Pending", "Running", "Succeeded"]
    case.assert_untouched()


@scenario(lambda case: (case.set_running(), case.jobs.complete("t-master"),
                     case.jobs.complete("t-worker")))
def test_an_unobserved_success_is_detected(case):
    test = case.wait_for_phase("Succeeded", timeout=15).object
    assert condition(test, "Ready")["status"] == "True"
    assert test["status"]["connectedWorkers"] == 2
    assert case.phases() == ["Running", "Succeeded"]
    case.wait_for_event("TestCompleted", timeout=15)
    case.assert_untouched()


@scenario(lambda case: (case.set_running(),
                     case.jobs.end_pod("t-master-aaaa0", 1),
                     case.jobs.fail("t-master")))
def test_an_unobserved_failure_is_detected(case):
    test = case.wait_for_phase("Failed", timeout=15).object
    message = condition(test, "TestCompleted")["message"]
    assert "t-master-aaaa0" in message and "exit code 1" in message
    assert case.phases() == ["Running", "Failed"]
    case.assert_untouched()


def without_jobs(case):
    """The Jobs were deleted after their TTL, while no operator ran."""
    test = case.go_operator.create(locust_test(workers=2))
    case.go_operator.create_children(test, "MasterService")
    return case.go_operator.running(test)


@scenario(without_jobs)
def test_missing_jobs_are_not_created_again(case):
    test = case.wait_for_phase("Failed", timeout=15).object
    assert condition(test, "TestCompleted")["reason"] == "OutcomeUnknown"
    case.assert_untouched()


def edited(case):
    case.set_running()
    return case.patch("LocustTest", "t", {"spec": {"worker": {"replicas": 9}}})


@scenario(edited)
def test_an_edit_after_the_creation_of_the_jobs_is_drift(case):
    test = case.migrated()
    drift = condition(test, "SpecDrifted")
    assert (drift["status"], drift["reason"]) == ("True", "SpecChangeIgnored")
    assert drift["lastTransitionTime"] == transitions(
        case.left)["SpecDrifted"][1]
    assert test["status"]["expectedWorkers"] == 2
    case.assert_untouched()


# -- tests that have not started ------------------------------------------------


def not_started(case):
    """One test for each number of children that exist."""
    for made in range(4):
        test = case.go_operator.create(locust_test(f"t{made}"))
        if made:
            case.go_operator.create_children(test, *CHILDREN[:made])
        case.go_operator.pending(test)


@scenario(not_started)
def test_only_missing_children_are_created(case):
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


def finished(case):
    for name, outcome in (("good", "Succeeded"), ("bad", "Failed"),
                          ("gone", "Succeeded"), ("unhealthy", "Failed")):
        test = case.go_operator.create(locust_test(name))
        if name != "gone":  # deleted after the TTL
            case.go_operator.create_children(test)
        case.go_operator.finished(test, outcome)
    case.jobs.complete("good-master")
    case.jobs.fail("bad-master")
    case.jobs.set_active("unhealthy-master")  # failed because of its pods; the Jobs are active
    return case.api.list("LocustTest", case.namespace)


@scenario(finished)
def test_a_finished_test_is_not_written(case):
    case.delete("Job", "good-master", propagationPolicy="Background")
    case.jobs.complete("unhealthy-master")
    # When it has processed other tests, it would have written this one, too.
    wait_for("the operator processes other tests", case.testbed.audit.writes,
             lambda some: any(w[1] == "locusttests/status" for w in some))
    case.testbed.operator.wait_for_line(case.namespace)
    assert case.api.list("LocustTest", case.namespace) == case.left
    assert case.writes("jobs", "services", "locusttests", "locusttests/status",
                       "events") == []
