"""The JSON log: each line is valid, and the lines about a test describe its run."""

import json

import pytest

from support.objects import locust_test
from support.testbed import Testbed
from support.waiting import wait_for


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory):
    made = Testbed(plane.kubeconfig, plane.audit_log,
                 tmp_path_factory.mktemp("operator"),
                 flags=["--log-format=json", "--zap-log-level=info"])
    made.operator.start()
    yield made
    made.close()


def records(operator):
    return [json.loads(line) for line in operator.lines()]


def story(operator, uid):
    """The records that `grep` finds for a uid."""
    return [json.loads(line) for line in operator.lines_with(uid)]


def wait_for_event(operator, uid, event):
    wait_for(f"a line about {event}", lambda: [
        line for line in story(operator, uid) if line.get("event") == event],
        timeout=5)


def test_a_run_is_a_story(testbed, case):
    uid = case.create(locust_test())["metadata"]["uid"]
    case.first("Job", "t-worker", lambda _: True)
    case.jobs.run_job("t-master")
    case.wait_for_phase("Running", timeout=5)
    case.jobs.fail("t-master")
    case.wait_for_phase("Failed", timeout=15)
    wait_for_event(testbed.operator, uid, "Ended")

    lines = story(testbed.operator, uid)
    for line in lines:
        assert {"time", "level", "logger", "message", "test", "uid",
                "event"} <= set(line), line
        assert (line["test"], line["uid"]) == (f"{case.namespace}/t", uid)
    events = [line["event"] for line in lines]
    assert events[0] == "Accepted"
    assert events.count("ChildCreated") == 3
    assert events[-1] == "Ended"
    turns = [(line.get("phaseBefore"), line["phase"]) for line in lines
             if line.get("phaseBefore") != line["phase"]]
    phases = [phase for before, phase in turns if before or phase == "Pending"]
    assert [phase for i, phase in enumerate(phases)
            if phase not in phases[:i]] == ["Pending", "Running", "Failed"]
    assert "BackoffLimitExceeded" in lines[-1]["message"]


def test_a_failed_creation_is_logged_with_the_reason(testbed, case):
    case.create({"kind": "ResourceQuota", "apiVersion": "v1",
                 "metadata": {"name": "none"},
                 "spec": {"hard": {"count/jobs.batch": "0"}}})
    uid = case.create(locust_test())["metadata"]["uid"]
    wait_for_event(testbed.operator, uid, "CreateFailed")
    [line, *_] = [line for line in story(testbed.operator, uid)
                  if line["event"] == "CreateFailed"]
    assert "exceeded quota" in line["message"]


def test_a_deletion_is_logged(testbed, case):
    uid = case.create(locust_test())["metadata"]["uid"]
    case.first("Job", "t-worker", lambda _: True)
    case.delete("LocustTest", "t")
    wait_for_event(testbed.operator, uid, "Deleting")


def test_every_line_is_an_object(testbed):
    assert testbed.operator.stop()[0] == 0
    lines = records(testbed.operator)
    assert len(lines) > 5
    for line in lines:
        assert line["time"] and line["level"] in ("info", "warning", "error")
        assert line["logger"] and line["message"]
    assert not [line for line in lines if line["level"] == "error"]


def test_the_flag_of_the_go_operator_does_the_same(testbed):
    testbed.operator.flags = ["--zap-encoder=json"]
    testbed.operator.start()
    assert all(isinstance(line, dict) for line in records(testbed.operator))
