"""The operator is killed or down during runs."""

import os
import subprocess
import time

import pytest

from support.objects import condition, phase, real_test
from support.paths import REPLAY
from support.waiting import wait_for

operator_down = pytest.mark.operator_down
exclusive = pytest.mark.exclusive


@pytest.fixture
def operator_with_ttl(testbed):
    """The operator, restarted with a TTL of 0 for Jobs; later without it again."""
    testbed.operator.stop()
    testbed.operator.environment["JOB_TTL_SECONDS_AFTER_FINISHED"] = "0"
    testbed.operator.start()
    yield testbed.operator
    del testbed.operator.environment["JOB_TTL_SECONDS_AFTER_FINISHED"]
    if not testbed.operator.runs:
        testbed.operator.start()


def begin(case, name, seconds):
    case.create(real_test(case.testbed.target.url, name, seconds=seconds))


@operator_down
def test_sigkill_in_mid_run_starts_nothing_twice(case):
    case.create_locustfiles()
    begin(case, "t", seconds=50)
    case.wait_for_event("TestStarted", timeout=60)
    case.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")
    before = {name: job["metadata"]["uid"]
              for name, job in case.present("Job").items()}
    with case.operator_down():
        mark = case.testbed.audit.now()
    assert phase(case.test()) == "Running"
    case.wait_for_phase("Succeeded")
    case.wait_for_event("TestCompleted")
    assert case.phases() == ["Pending", "Running", "Succeeded"]
    assert {name: job["metadata"]["uid"]
            for name, job in case.present("Job").items()} == before
    creates = [w for w in case.testbed.audit.writes(case.namespace, since=mark)
               if w[0] == "create" and w[1] != "events"]
    assert creates == []
    started = case.events()["TestStarted"]
    assert [event["count"] for event in started] == [1]


@exclusive
def test_with_ttl_0_a_finished_run_is_not_run_again(case, operator_with_ttl):
    case.create_locustfiles()
    begin(case, "seen", seconds=3)
    begin(case, "unseen", seconds=12)
    seen = case.wait_for_phase("Succeeded", "seen").object
    assert condition(seen, "TestCompleted")["reason"] == "TestSucceeded"
    wait_for("both Jobs of `seen` are gone", lambda: case.present("Job"),
             lambda jobs: not any(n[:5] == "seen-" for n in jobs), timeout=30)

    wait_for("`unseen` runs", lambda: phase(case.test("unseen")),
             lambda p: p == "Running", timeout=60)
    operator_with_ttl.kill()
    wait_for("the Jobs of `unseen` are gone", lambda: case.present("Job"),
             lambda jobs: "unseen-master" not in jobs, timeout=90)
    operator_with_ttl.start()
    unseen = case.wait_for_phase("Failed", "unseen", timeout=10).object
    assert condition(unseen, "TestCompleted")["reason"] == "OutcomeUnknown"
    time.sleep(2)
    assert "unseen-master" not in case.present("Job")
    assert phase(case.test("seen")) == "Succeeded"


@operator_down
def test_a_test_can_be_deleted_while_the_operator_is_down(case):
    case.create_locustfiles()
    begin(case, "t", seconds=60)
    case.wait_for_phase("Running")
    with case.operator_down():
        mark = case.testbed.audit.now()
        case.delete("LocustTest", "t")
        wait_for("the LocustTest is gone", case.test, lambda test: not test,
                 timeout=5)
        for kind in ("Service", "Job", "Pod"):
            wait_for(f"every {kind} is gone", lambda: case.present(kind),
                     lambda some: not some, timeout=60)
    time.sleep(1)
    assert case.testbed.audit.writes(case.namespace, since=mark) == []


@exclusive
def test_the_journal_of_all_this_can_be_replayed(case, testbed, journal):
    code, _ = testbed.operator.stop()
    assert code == 0
    assert journal.stat().st_size > 0
    replay = os.environ.get("LOCUST_REPLAY_BINARY") or REPLAY
    done = subprocess.run([replay, journal, "--quiet"], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, check=False)
    testbed.operator.start()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
