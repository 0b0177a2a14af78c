"""Rejections by the API server appear in the status, and delay no other test."""

import pytest

from support.objects import condition, locust_test, phase

WITHIN = 1.0  # seconds

# The rules of the CRD do not cover these.
IMPOSSIBLE = {"limits": {"sprockets": "1"}}
CASES = [
    ("an unknown kind of resource", {"master__resources": IMPOSSIBLE},
     "t-master", ["sprockets", "must be a standard resource"]),
    ("a volume of two kinds",
     {"volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}],
      "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
     "t-master", ["may not specify more than 1 volume type"]),
    ("the worker alone", {"worker__resources": IMPOSSIBLE},
     "t-worker", ["sprockets"]),
]


@pytest.mark.parametrize("changes, name, words",
                         [row[1:] for row in CASES],
                         ids=[row[0] for row in CASES])
def test_a_refused_child_shows_within_a_second(case, changes, name, words):
    made = case.create(locust_test(**changes))
    begin = case.first_test(lambda _: True).at
    reported = case.wait_for_condition("Ready", "False", "ResourcesFailed",
                                   timeout=10)
    assert reported.at - begin < WITHIN
    message = condition(reported.object, "Ready")["message"]
    for word in [name, *words]:
        assert word in message
    assert phase(reported.object) == "Pending"
    [event] = case.wait_for_event("CreateFailed", timeout=3)
    assert event["type"] == "Warning"
    assert words[0] in event["message"]
    assert made["metadata"]["generation"] == 1
    # The next test does not wait for it.
    case.create(locust_test("other"))
    case.wait_for_condition("Ready", "True", "ResourcesCreated", "other",
                            timeout=2)


@pytest.mark.parametrize("role", ["master", "worker"])
def test_a_command_that_cannot_be_split_fails_the_test_at_once(case, role):
    case.create(locust_test(**{f"{role}__command": "-f a.py --tags 'smoke"}))
    begin = case.first_test(lambda _: True).at
    failed = case.wait_for_phase("Failed", timeout=10)
    assert failed.at - begin < WITHIN
    for kind in ("Ready", "TestCompleted"):
        assert (f"spec.{role}.command cannot be split: the single quote at column 16"
                in condition(failed.object, kind)["message"])
    case.wait_for_event("TestFailed", timeout=3)
    assert not case.present("Job") and not case.present("Service")


def test_a_test_without_a_spec_fails_at_once(case):
    body = locust_test()
    del body["spec"]
    case.create(body)
    failed = case.wait_for_phase("Failed", timeout=10)
    assert condition(failed.object, "Ready")["message"] == "Test failed: spec is missing"


def test_an_edit_repairs_it(case):
    case.create(locust_test(master__resources=IMPOSSIBLE))
    case.wait_for_condition("Ready", "False", "ResourcesFailed", timeout=10)
    case.patch("LocustTest", "t", {"spec": {"master": {"resources": None}}})
    case.wait_for_condition("Ready", "True", "ResourcesCreated", timeout=10)
    assert sorted(case.present("Job")) == ["t-master", "t-worker"]


def test_what_is_refused_for_good_is_not_tried_at_full_speed(case):
    case.create(locust_test(master__resources=IMPOSSIBLE))
    case.wait_for_condition("Ready", "False", "ResourcesFailed", timeout=10)
    mark = case.testbed.audit.now()
    with pytest.raises(AssertionError):
        case.first("Job", None, lambda _: True, timeout=3)
    attempts = [w for w in case.testbed.audit.writes(case.namespace, mark)
                if w[1] == "jobs"]
    assert len(attempts) <= 1
