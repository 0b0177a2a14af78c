"""LocustTests, Services and Jobs as the reference operator left them, and what
becomes of them: nothing is made twice, touched or forgotten.

Each test has a scene, which is set before the operator starts. The tests play
the Job controller; `Predecessor` plays the reference operator.
"""

import json

import pytest

from support.case import Case
from support.job_controller import JobController
from support.objects import (
    OPERATOR_ENVIRONMENT, condition, locust_test, phase)
from support.predecessor import (
    CHILDREN, FINALIZER, GOLDEN, Predecessor)
from support.waiting import wait_for
from support.world import World

SCENES = {}


def scene(build):
    """The decorated test plays in what `build(case)` leaves behind. What that
    returns is `case.left`."""
    def register(test):
        SCENES[test.__name__] = build
        return test
    return register


@pytest.fixture(scope="module")
def world(plane, tmp_path_factory):
    made = World(plane.kubeconfig, plane.audit_log,
                 tmp_path_factory.mktemp("operator"))
    made.cases = {}
    for name, build in SCENES.items():
        case = made.cases[name] = Case(made, name)
        case.jobs = JobController(case.api, case.namespace)
        case.before = Predecessor(case.api, case.namespace,
                                  OPERATOR_ENVIRONMENT)
        case.left = build(case)
    made.operator.start()
    yield made
    made.close()


@pytest.fixture
def case(request, world):
    made = world.cases[request.node.originalname]
    yield made
    made.close()


# -- scenes ---------------------------------------------------------------------


def running(case, **changes):
    """In mid-run: pods run, and a status pass was made."""
    test = case.before.create(locust_test(workers=2))
    case.children = case.before.make(test)
    play_pods(case)
    return case.before.running(test, **changes)


def play_pods(case):
    for job, ready in (("t-master", 1), ("t-worker", 2)):
        case.jobs.set_active(job, ready, ready=ready)
        for i in range(ready):
            case.jobs.run_pod(case.jobs.make_pod(job, f"aaaa{i}"))


def without_jobs(case):
    """Away for longer than the Jobs' TTL."""
    test = case.before.create(locust_test(workers=2))
    case.before.make(test, "MasterService")
    return case.before.running(test)


# -- judging --------------------------------------------------------------------


def writes(case, *resources):
    """What the operator wrote here, Events aside."""
    return [w for w in case.world.audit.writes(case.namespace)
            if w[1] in resources]


def assert_untouched(case):
    """Neither child was created, patched or deleted, not even in vain; of the
    LocustTest only the status was written."""
    assert writes(case, "jobs", "services", "locusttests") == []


def transitions(test):
    return {c["type"]: (c["status"], c["lastTransitionTime"])
            for c in test["status"]["conditions"]}


def taken(case, name="t"):
    """The first sight of it with a history, which then tells of the take-over."""
    test = case.first_test(lambda t: t.get("status", {}).get("history"), name,
                           timeout=10, what="a status of ours").object
    assert test["status"]["history"][0]["kind"] == "TakenOver"
    return test


# -- runs in progress -----------------------------------------------------------


@scene(running)
def test_a_running_test_is_carried_to_its_end(case):
    test = taken(case)
    case.wait_for_event("TestStarted", timeout=5)
    case.jobs.complete("t-master")
    case.jobs.complete("t-worker")
    done = case.wait_for_phase("Succeeded", timeout=5).object
    assert case.phases() == ["Running", "Succeeded"]
    assert done["status"]["startTime"] == case.left["status"]["startTime"]
    assert done["status"]["connectedWorkers"] == 2
    assert done["metadata"]["generation"] == 2
    assert test["metadata"]["finalizers"] == [FINALIZER]
    assert_untouched(case)


@scene(running)
def test_what_held_has_held_since_then(case):
    taken(case)
    test = case.first_test(
        lambda t: condition(t, "TestCompleted").get("message")
        == "The test is running", timeout=5).object
    before = transitions(case.left)
    # The reference shows drift after its own write; nobody has edited anything.
    del before["SpecDrifted"]
    assert transitions(test) == before
    assert test["status"]["expectedWorkers"] == 2
    assert [c["reason"] for c in test["status"]["conditions"]] == [
        "ResourcesCreated", "AllWorkersConnected", "TestInProgress",
        "PodsHealthy"]
    assert_untouched(case)


@scene(running)
def test_what_is_made_again_is_what_the_reference_had_made(case):
    taken(case)
    before = case.children["WorkerJob"]
    case.delete("Job", "t-worker", propagationPolicy="Background")
    back = case.first("Job", "t-worker", lambda job: job["metadata"]["uid"]
                      != before["metadata"]["uid"], timeout=10).object

    def lines(job):
        text = json.dumps(job["spec"], indent=1, sort_keys=True)
        return text.replace(job["metadata"]["uid"], "UID")

    assert lines(back) == lines(before)
    case.wait_for_phase("Pending", timeout=5)
    case.wait_for_event("ResourceDeleted", timeout=5)
    assert [w[:3] for w in writes(case, "jobs", "services", "locusttests")] == [
        ("create", "jobs", "t-worker")]


@scene(lambda case: running(case, phase="Pending"))
def test_a_flap_to_pending_is_the_last_one(case):
    case.wait_for_phase("Running", timeout=5)
    case.jobs.set_active("t-master", 0)
    case.jobs.complete("t-master")
    case.wait_for_phase("Succeeded", timeout=5)
    assert case.phases() == ["Pending", "Running", "Succeeded"]
    assert_untouched(case)


@scene(lambda case: (running(case), case.jobs.complete("t-master"),
                     case.jobs.complete("t-worker")))
def test_a_success_that_nobody_saw_is_seen(case):
    test = case.wait_for_phase("Succeeded", timeout=5).object
    assert condition(test, "Ready")["status"] == "True"
    assert test["status"]["connectedWorkers"] == 2
    assert case.phases() == ["Running", "Succeeded"]
    case.wait_for_event("TestCompleted", timeout=5)
    assert_untouched(case)


@scene(lambda case: (running(case),
                     case.jobs.end_pod("t-master-aaaa0", 1),
                     case.jobs.fail("t-master")))
def test_a_failure_that_nobody_saw_is_seen(case):
    test = case.wait_for_phase("Failed", timeout=10).object
    message = condition(test, "TestCompleted")["message"]
    assert "t-master-aaaa0" in message and "exit code 1" in message
    assert case.phases() == ["Running", "Failed"]
    assert_untouched(case)


@scene(without_jobs)
def test_jobs_that_are_gone_are_not_run_again(case):
    test = case.wait_for_phase("Failed", timeout=5).object
    assert condition(test, "TestCompleted")["reason"] == "OutcomeUnknown"
    assert_untouched(case)


def edited(case):
    running(case)
    return case.patch("LocustTest", "t", {"spec": {"worker": {"replicas": 9}}})


@scene(edited)
def test_an_edit_after_the_jobs_were_made_is_drift(case):
    test = taken(case)
    drift = condition(test, "SpecDrifted")
    assert (drift["status"], drift["reason"]) == ("True", "SpecChangeIgnored")
    assert drift["lastTransitionTime"] == transitions(
        case.left)["SpecDrifted"][1]
    assert test["status"]["expectedWorkers"] == 2
    assert_untouched(case)


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
                                timeout=10)
        test = case.test(name)
        assert test["status"]["history"][0]["kind"] == "TakenOver"
        expected = [("create", "services", f"{name}-master", 201),
                    ("create", "jobs", f"{name}-master", 201),
                    ("create", "jobs", f"{name}-worker", 201)][made:]
        assert [w for w in writes(case, "jobs", "services", "locusttests")
                if w[2].startswith(name)] == expected
        case.jobs.set_active(f"{name}-master")
        case.jobs.complete(f"{name}-master")
        case.wait_for_phase("Succeeded", name, timeout=5)


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
    wait_for("the operator looks after others", lambda: case.world.audit.writes(),
             lambda some: any(w[1] == "locusttests/status" for w in some))
    case.world.operator.wait_for_line(case.namespace)
    assert case.api.list("LocustTest", case.namespace) == case.left
    assert case.world.audit.writes(case.namespace) == []


# -- deletion -------------------------------------------------------------------


def leaving(case):
    """Deleted while no operator was there: held up by the finalizer."""
    running(case)
    case.delete("LocustTest", "t")
    stuck = case.before.create(locust_test("with-another"))
    case.patch("LocustTest", "with-another", {"metadata": {
        "finalizers": [FINALIZER, "example.com/keep"]}})
    case.before.running(stuck)
    case.delete("LocustTest", "with-another")


@scene(leaving)
def test_what_is_being_deleted_is_let_go(case):
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None)
    case.wait_for_event("Deleting", timeout=5)
    released = case.first_test(
        lambda t: t["metadata"].get("finalizers") == ["example.com/keep"],
        "with-another", timeout=5).object
    assert "history" not in released["status"]
    assert sorted(writes(case, "jobs", "services", "locusttests",
                         "locusttests/status")) == [
        ("patch", "locusttests", "t", 200),
        ("patch", "locusttests", "with-another", 200)]
    case.patch("LocustTest", "with-another", {"metadata": {"finalizers": None}})


def refused(case):
    """The validating webhook of an operator that is not there any more."""
    running(case)
    case.delete("LocustTest", "t")
    case.api.create({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": case.namespace},
        "webhooks": [{
            "name": "vlocusttest.kb.io", "sideEffects": "None",
            "failurePolicy": "Fail", "admissionReviewVersions": ["v1"],
            "namespaceSelector": {"matchLabels": {
                "kubernetes.io/metadata.name": case.namespace}},
            "clientConfig": {"service": {
                "namespace": "gone", "name": "gone"}},
            "rules": [{"apiGroups": ["locust.io"], "apiVersions": ["v2"],
                       "resources": ["locusttests"],
                       "operations": ["CREATE", "UPDATE"]}]}]})


@scene(refused)
def test_a_release_that_is_refused_is_tried_again(case):
    line = case.world.operator.wait_for_line(case.namespace, "finalizer")
    assert "tried again" in line and "vlocusttest.kb.io" in line
    case.delete("ValidatingWebhookConfiguration", case.namespace)
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None, timeout=30)


@scene(running)
def test_a_test_that_was_taken_over_can_be_deleted(case):
    taken(case)
    case.delete("LocustTest", "t")
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None)


# -- v1 -------------------------------------------------------------------------


def born_in_v1(case):
    """As the reference's conversion makes it; its write-back changes nothing,
    so the generation stays 1."""
    body = locust_test()
    body["spec"]["imagePullPolicy"] = "IfNotPresent"
    body["spec"]["master"] |= {"autostart": True, "resources": {},
                               "autoquit": {"enabled": True, "timeout": 60}}
    body["spec"]["worker"]["resources"] = {}
    test = case.before.create(body)
    assert test["metadata"]["generation"] == 1
    case.before.make(test)
    case.jobs.set_active("t-master")
    return case.before.running(test)


@scene(born_in_v1)
def test_a_test_that_was_made_in_v1_goes_on(case):
    test = taken(case)
    assert not condition(test, "SpecDrifted")
    case.jobs.complete("t-master")
    case.wait_for_phase("Succeeded", timeout=5)
    assert_untouched(case)


def stored_without_conversion(case):
    """The API server kept what v1 and v2 have in common."""
    case.api.call(
        "POST", f"/apis/locust.io/v1/namespaces/{case.namespace}/locusttests",
        {"apiVersion": "locust.io/v1", "kind": "LocustTest",
         "metadata": {"name": "t"},
         "spec": {"image": "i", "masterCommandSeed": "-f a.py",
                  "workerCommandSeed": "-f a.py", "workerReplicas": 2}})


@scene(stored_without_conversion)
def test_a_v1_test_that_lost_its_fields_says_so(case):
    told = case.wait_for_condition("Ready", "False", "ResourcesFailed",
                                   timeout=10).object
    assert "spec.master is missing" in condition(told, "Ready")["message"]
    assert_untouched(case)
    case.wait_for_event("CreateFailed", timeout=5)
    case.delete("LocustTest", "t")
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None)


# -- names ----------------------------------------------------------------------


def two_of_one_name(case):
    """The reference gives both the same Jobs, and calls both Running."""
    first = case.before.create(locust_test("a.b"))
    case.before.make(first)
    case.jobs.set_active("a-b-master")
    case.before.running(first)
    case.before.running(case.before.create(locust_test("a-b")))


@scene(two_of_one_name)
def test_who_has_the_jobs_goes_on_and_the_other_is_told(case):
    taken(case, "a.b")
    told = case.wait_for_condition("Ready", "False", "NameConflict", "a-b",
                                   timeout=10).object
    assert "a.b" in condition(told, "Ready")["message"]
    assert phase(told) == "Pending"
    case.jobs.complete("a-b-master")
    case.wait_for_phase("Succeeded", "a.b", timeout=5)
    assert phase(case.test("a-b")) == "Pending"


# -- every golden file ----------------------------------------------------------


def all_goldens(case):
    """Byte for byte what the reference sends, each in its namespace."""
    found = {}
    for file in sorted(GOLDEN.glob("*.json")):
        sub = Case(case.world, f"golden {file.stem}")
        before = Predecessor(sub.api, sub.namespace)
        test, children = before.make_golden(file.stem)
        before.running(test)
        found[sub] = (test["metadata"]["name"], children)
    return found


@scene(all_goldens)
def test_children_of_every_kind_are_left_alone(case):
    assert len(case.left) > 20
    for sub, (name, before) in case.left.items():
        taken(sub, name)
        assert_untouched(sub)
        for child in before.values():
            now = sub.get(child["kind"], child["metadata"]["name"])
            assert now["metadata"]["uid"] == child["metadata"]["uid"]
            assert (now["metadata"]["resourceVersion"]
                    == child["metadata"]["resourceVersion"])
        sub.close()
