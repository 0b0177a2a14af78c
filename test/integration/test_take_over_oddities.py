"""What else the reference operator may leave: tests that are being deleted, that
were born in v1 or share their Jobs, and children of every kind."""

from support.objects import condition, locust_test, phase
from support.predecessor import FINALIZER, GOLDEN
from support.scenes import Scene, Scenes, case, world  # noqa: F401
from support.waiting import wait_for

scene = Scenes()


# -- deletion -------------------------------------------------------------------


def leaving(case):
    """Deleted while no operator was there: held up by the finalizer."""
    case.set_running()
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
    """The validating webhook of an operator that is not there any more."""
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


@scene(refused)
def test_a_release_that_is_refused_is_tried_again(case):
    line = case.world.operator.wait_for_line(case.namespace, "finalizer")
    assert "retrying" in line and "vlocusttest.kb.io" in line
    case.delete("ValidatingWebhookConfiguration", case.namespace)
    wait_for("it is gone", lambda: case.get("LocustTest", "t"),
             lambda test: test is None, timeout=30)


@scene(Scene.set_running)
def test_a_test_that_was_taken_over_can_be_deleted(case):
    case.taken()
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
    test = case.taken()
    assert not condition(test, "SpecDrifted")
    case.jobs.complete("t-master")
    case.wait_for_phase("Succeeded", timeout=15)
    case.assert_untouched()


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
                                   timeout=15).object
    assert "spec.master is missing" in condition(told, "Ready")["message"]
    case.assert_untouched()
    case.wait_for_event("CreateFailed", timeout=15)
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
    case.taken("a.b")
    told = case.wait_for_condition("Ready", "False", "NameConflict", "a-b",
                                   timeout=15).object
    assert "a.b" in condition(told, "Ready")["message"]
    assert phase(told) == "Pending"
    case.jobs.complete("a-b-master")
    case.wait_for_phase("Succeeded", "a.b", timeout=15)
    assert phase(case.test("a-b")) == "Pending"


# -- every golden file ----------------------------------------------------------


def all_goldens(case):
    """Byte for byte what the reference sends, each in its namespace."""
    found = {}
    for file in sorted(GOLDEN.glob("*.json")):
        sub = Scene(case.world, f"golden {file.stem}")
        test, children = sub.before.make_golden(file.stem)
        sub.before.running(test)
        found[sub] = (test["metadata"]["name"], children)
    return found


@scene(all_goldens)
def test_children_of_every_kind_are_left_alone(case):
    assert len(case.left) > 20
    for sub, (name, before) in case.left.items():
        sub.taken(name)
        sub.assert_untouched()
        for child in before.values():
            now = sub.get(child["kind"], child["metadata"]["name"])
            assert now["metadata"]["uid"] == child["metadata"]["uid"]
            assert (now["metadata"]["resourceVersion"]
                    == child["metadata"]["resourceVersion"])
        sub.close()
