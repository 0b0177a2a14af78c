"""Migration of special cases: tests that are being deleted, that were created as v1
or share their Jobs, and children of every kind."""

from support.go_operator import FINALIZER, GOLDEN
from support.objects import condition, locust_test, phase
from support.scenarios import Scenario, Scenarios, case, testbed  # noqa: F401
from support.waiting import wait_for

scenario = Scenarios()


# -- deletion -------------------------------------------------------------------


def being_deleted(case):
    """Tests that were deleted while no operator ran; the finalizer keeps them."""
    case.set_running()
    case.delete("LocustTest", "t")
    stuck = case.go_operator.create(locust_test("with-another"))
    case.patch("LocustTest", "with-another", {"metadata": {
        "finalizers": [FINALIZER, "example.com/keep"]}})
    case.go_operator.running(stuck)
    case.delete("LocustTest", "with-another")


@scenario(being_deleted)
def test_a_deletion_is_completed(case):
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None)
    case.wait_for_event("Deleting", timeout=15)
    released = case.first_test(
        lambda t: t["metadata"].get("finalizers") == ["example.com/keep"],
        "with-another", timeout=15).object
    assert "history" not in released["status"]
    assert sorted(case.writes("jobs", "services", "locusttests",
                         "locusttests/status")) == [
        ("patch", "locusttests", "t", 200),
        ("patch", "locusttests", "with-another", 200)]
    case.patch("LocustTest", "with-another", {"metadata": {"finalizers": None}})


def refused(case):
    """The validating webhook of an operator that no longer exists."""
    case.set_running()
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


@scenario(refused)
def test_a_refused_removal_of_the_finalizer_is_retried(case):
    line = case.testbed.operator.wait_for_line(case.namespace,
                                               "could not remove the finalizer")
    assert "retrying" in line and "vlocusttest.kb.io" in line
    case.delete("ValidatingWebhookConfiguration", case.namespace)
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None, timeout=30)


@scenario(Scenario.set_running)
def test_a_migrated_test_can_be_deleted(case):
    case.migrated()
    case.delete("LocustTest", "t")
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None)


# -- v1 -------------------------------------------------------------------------


def created_as_v1(case):
    """A test that the Go operator converted. Its write changes nothing, so the
    generation stays 1."""
    body = locust_test()
    body["spec"]["imagePullPolicy"] = "IfNotPresent"
    body["spec"]["master"] |= {"autostart": True, "resources": {},
                               "autoquit": {"enabled": True, "timeout": 60}}
    body["spec"]["worker"]["resources"] = {}
    test = case.go_operator.create(body)
    assert test["metadata"]["generation"] == 1
    case.go_operator.create_children(test)
    case.jobs.set_active("t-master")
    return case.go_operator.running(test)


@scenario(created_as_v1)
def test_a_test_that_was_created_as_v1_continues(case):
    test = case.migrated()
    assert not condition(test, "SpecDrifted")
    case.jobs.complete("t-master")
    case.wait_for_phase("Succeeded", timeout=15)
    case.assert_untouched()


def stored_without_conversion(case):
    """The API server kept only the fields that v1 and v2 share."""
    case.api.call(
        "POST", f"/apis/locust.io/v1/namespaces/{case.namespace}/locusttests",
        {"apiVersion": "locust.io/v1", "kind": "LocustTest",
         "metadata": {"name": "t"},
         "spec": {"image": "i", "masterCommandSeed": "-f a.py",
                  "workerCommandSeed": "-f a.py", "workerReplicas": 2}})


@scenario(stored_without_conversion)
def test_a_v1_test_without_its_fields_is_reported(case):
    test = case.wait_for_condition("Ready", "False", "ResourcesFailed",
                                   timeout=15).object
    assert "spec.master is missing" in condition(test, "Ready")["message"]
    case.assert_untouched()
    case.wait_for_event("TestFailed", timeout=15)
    case.delete("LocustTest", "t")
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None)


# -- names ----------------------------------------------------------------------


def two_with_the_same_children(case):
    """The Go operator uses the same Jobs for both, and reports both as Running."""
    first = case.go_operator.create(locust_test("a.b"))
    case.go_operator.create_children(first)
    case.jobs.set_active("a-b-master")
    case.go_operator.running(first)
    case.go_operator.running(case.go_operator.create(locust_test("a-b")))


@scenario(two_with_the_same_children)
def test_only_the_owner_of_the_jobs_continues(case):
    case.migrated("a.b")
    test = case.wait_for_condition("Ready", "False", "NameConflict", "a-b",
                                   timeout=15).object
    assert "a.b" in condition(test, "Ready")["message"]
    assert phase(test) == "Pending"
    case.jobs.complete("a-b-master")
    case.wait_for_phase("Succeeded", "a.b", timeout=15)
    assert phase(case.test("a-b")) == "Pending"


# -- every golden file ----------------------------------------------------------


def all_goldens(case):
    """Exactly the objects that the Go operator sends, each in its namespace."""
    found = {}
    for file in sorted(GOLDEN.glob("*.json")):
        sub = Scenario(case.testbed, f"golden {file.stem}")
        test, children = sub.go_operator.create_golden(file.stem)
        sub.go_operator.running(test)
        found[sub] = (test["metadata"]["name"], children)
    return found


@scenario(all_goldens)
def test_children_of_all_kinds_stay_unchanged(case):
    assert len(case.left) > 20
    for sub, (name, before) in case.left.items():
        sub.migrated(name)
        sub.assert_untouched()
        for child in before.values():
            now = sub.get(child["kind"], child["metadata"]["name"])
            assert now["metadata"]["uid"] == child["metadata"]["uid"]
            assert (now["metadata"]["resourceVersion"]
                    == child["metadata"]["resourceVersion"])
        sub.close()
