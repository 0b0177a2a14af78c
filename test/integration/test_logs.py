"""The log as JSON: each line can be read, and tells the story of a test."""

import json

import pytest

from support.objects import locust_test
from support.waiting import wait_for
from support.world import World


@pytest.fixture(scope="module")
def world(plane, tmp_path_factory):
    made = World(plane.kubeconfig, plane.audit_log,
                 tmp_path_factory.mktemp("operator"),
                 flags=["--log-format=json", "--zap-log-level=info"])
    made.operator.start()
    yield made
    made.close()


def records(operator):
    return [json.loads(line) for line in operator.lines()]


def story(operator, uid):
    """What `grep` finds, and reads."""
    return [json.loads(line) for line in operator.lines_with(uid)]


def wait_for_event(operator, uid, event):
    wait_for(f"a line about {event}", lambda: [
        line for line in story(operator, uid) if line.get("event") == event],
        timeout=5)


def test_a_run_is_a_story(world, case):
    uid = case.create(locust_test())["metadata"]["uid"]
    case.first("Job", "t-worker", lambda _: True)
    case.jobs.set_active("t-master")
    case.wait_for_phase("Running", timeout=5)
    case.jobs.fail("t-master")
    case.wait_for_phase("Failed", timeout=15)
    wait_for_event(world.operator, uid, "Ended")

    told = story(world.operator, uid)
    for line in told:
        assert {"time", "level", "logger", "message", "test", "uid",
                "event"} <= set(line), line
        assert (line["test"], line["uid"]) == (f"{case.namespace}/t", uid)
    events = [line["event"] for line in told]
    assert events[0] == "Accepted"
    assert events.count("ChildCreated") == 3
    assert events[-1] == "Ended"
    turns = [(line.get("phaseBefore"), line["phase"]) for line in told
             if line.get("phaseBefore") != line["phase"]]
    phases = [phase for before, phase in turns if before or phase == "Pending"]
    assert [phase for i, phase in enumerate(phases)
            if phase not in phases[:i]] == ["Pending", "Running", "Failed"]
    assert "BackoffLimitExceeded" in told[-1]["message"]


def test_what_cannot_be_created_is_told_with_the_reason(world, case):
    case.create({"kind": "ResourceQuota", "apiVersion": "v1",
                 "metadata": {"name": "none"},
                 "spec": {"hard": {"count/jobs.batch": "0"}}})
    uid = case.create(locust_test())["metadata"]["uid"]
    wait_for_event(world.operator, uid, "CreateFailed")
    [line, *_] = [line for line in story(world.operator, uid)
                  if line["event"] == "CreateFailed"]
    assert "exceeded quota" in line["message"]


def test_a_deletion_is_told(world, case):
    uid = case.create(locust_test())["metadata"]["uid"]
    case.first("Job", "t-worker", lambda _: True)
    case.delete("LocustTest", "t")
    wait_for_event(world.operator, uid, "Deleting")


def test_every_line_is_an_object(world):
    assert world.operator.stop()[0] == 0
    lines = records(world.operator)
    assert len(lines) > 5
    for line in lines:
        assert line["time"] and line["level"] in ("info", "warning", "error")
        assert line["logger"] and line["message"]
    assert not [line for line in lines if line["level"] == "error"]


def test_the_references_flag_does_the_same(world):
    world.operator.flags = ["--zap-encoder=json"]
    world.operator.start()
    assert all(isinstance(line, dict) for line in records(world.operator))
