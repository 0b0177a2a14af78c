"""Live figures of scripted Locust masters."""

import time

import pytest

from support import scripted_master as master
from support.objects import condition, phase
from support.scripted_master import load, run, wait_for_load, without_time
from support.waiting import wait_for

BAD = {"hangs": master.hangs, "drips": master.drips, "redirects": master.redirects,
       "floods": master.floods, "html": master.says("<html>"),
       "broken": master.says('{"worker_count":1,"user_count":'),
       "nesting": master.says("[" * 1_000_000)}


@pytest.fixture
def masters():
    with master.masters() as start:
        yield start


def test_the_figures_of_a_running_test_are_shown(case, masters):
    run(case, masters, "t", master.answers())
    shown = wait_for_load(case)
    assert without_time(shown) == master.FIGURES
    assert phase(case.test()) == "Running"


def test_a_bad_master_costs_only_its_own_figures(case, masters):
    for name, answer in BAD.items():
        run(case, masters, name, answer)
    good = run(case, masters, "good", master.counts_up)
    first = wait_for_load(case, "good")
    asked = good.requests
    begin = time.monotonic()
    wait_for("it is asked every 2 s", lambda: good.requests, lambda n: n >= asked + 4)
    assert time.monotonic() - begin < 12
    assert load(case, "good")["users"] != first["users"]
    for name in BAD:
        assert not load(case, name), name
    # What they did not say is known, and why.
    for name in ("hangs", "redirects"):
        unknown = wait_for("it is unreachable", lambda name=name: condition(
            case.test(name), "WorkersConnected"),
            lambda c: c.get("status") == "Unknown", timeout=45)
        assert unknown["reason"] == "MasterUnreachable"
    assert "redirects the operator" in condition(
        case.test("redirects"), "WorkersConnected")["message"]


def test_figures_that_cannot_be_true_are_left_out(case, masters):
    for name, value in (("nan", "NaN"), ("infinite", "Infinity"), ("negative", "-5"),
                        ("huge", "1e300"), ("text", '"7"'), ("list", "[7]")):
        run(case, masters, name, master.says(
            f'{{"worker_count":1,"state":"running","user_count":{value},'
            f'"current_rps":{value},"fail_ratio":{value},'
            f'"stats":[{{"name":"Aggregated","num_requests":{value}}}]}}'))
        shown = wait_for_load(case, name)
        assert without_time(shown) == {"state": "running", "targetUsers": 20,
                                       "workers": {"connected": 1}}, name
        assert case.test(name)["status"]["connectedWorkers"] == 1


def test_figures_change_nothing_else_and_keep_to_a_budget(case, masters):
    tests = [f"t{n}" for n in range(20)]
    for name in tests:
        run(case, masters, name, master.counts_up)
    for name in tests:
        wait_for_load(case, name)
    before = {name: case.test(name) for name in tests}
    since = case.testbed.audit.now()
    begin = time.monotonic()
    time.sleep(8)
    case.testbed.audit.catch_up(case.api, case.namespace)
    seconds = time.monotonic() - begin
    writes = [name for verb, resource, name, code in
              case.testbed.audit.writes(case.namespace, since)
              if resource == "locusttests/status"]
    assert len(writes) <= 5 * (seconds + 2)
    assert len(set(writes)) == len(tests), "each had its turn"
    for name in tests:
        after = case.test(name)
        assert after["status"]["load"] != before[name]["status"]["load"], name
        for status in (after["status"], before[name]["status"]):
            del status["load"]
        assert after["status"] == before[name]["status"], name


def test_a_status_that_somebody_changes_is_put_right_in_spite_of_figures(case, masters):
    run(case, masters, "t", master.counts_up)
    wait_for_load(case)
    wait_for("the workers", lambda: condition(case.test(), "WorkersConnected"),
             lambda c: c.get("status") == "True")
    for _ in range(3):
        case.patch("LocustTest", "t", {"status": {"phase": "Failed"}}, "status")
        wait_for("it is right again", lambda: phase(case.get("LocustTest", "t")),
                 lambda p: p == "Running", timeout=20)
    users = load(case)["users"]
    wait_for_load(case, holds=lambda shown: shown["users"] != users)


def test_the_end_shows_the_last_figures(case, masters):
    run(case, masters, "t", master.counts_up)
    wait_for_load(case)
    case.jobs.complete("t-master")
    done = case.wait_for_phase("Succeeded", timeout=10).object
    assert done["status"]["load"]["users"] > 0
    assert done["status"]["load"]["sampledAt"] >= done["status"]["startTime"]


def test_figures_go_on_after_a_restart_of_the_operator(case, masters):
    run(case, masters, "t", master.counts_up)
    users = wait_for_load(case)["users"]
    case.testbed.operator.kill()
    case.testbed.operator.start()
    wait_for_load(case, holds=lambda shown: shown.get("users", users) != users)
