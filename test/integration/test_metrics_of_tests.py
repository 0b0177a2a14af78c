"""The series of single tests on /metrics: their life, their bound, and who serves
them."""

import json

import pytest

from support import scripted_master as master
from support.metrics_page import PLAIN, get, of_tests, scrape, value
from support.operator_process import Operator
from support.scripted_master import run
from support.testbed import Testbed
from support.waiting import wait_for

LEASES = "metrics-of-tests"
BOUND = 2
FLAGS = [*PLAIN, f"--metrics-max-tests={BOUND}", "--leader-elect",
         f"--leader-elect-namespace={LEASES}"]

# Of scripted_master.stats().
SERIES = {"phase Running": 1, "workers_expected": 1, "workers_connected": 1,
          "workers_missing": 0, "users": 10, "requests_per_second": 12.25,
          "failures_per_second": 3, "fail_ratio": 0.25, "requests_total": 40,
          "failures_total": 10, "response_time_seconds 50": 0.006,
          "response_time_seconds 95": 0.061, "response_time_seconds 99": 0.09}


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory):
    made = Testbed(plane.kubeconfig, plane.audit_log,
                   tmp_path_factory.mktemp("operator"), flags=FLAGS)
    made.api.create({"kind": "Namespace", "apiVersion": "v1",
                     "metadata": {"name": LEASES}})
    # Other modules leave tests, which would count towards the bound.
    for left in made.api.list("LocustTest"):
        made.api.delete("LocustTest", left["metadata"]["namespace"],
                        left["metadata"]["name"])
    made.operator.start()
    yield made
    made.close()


@pytest.fixture
def masters(testbed):
    wait_for("no test is left of an earlier case",
             lambda: value(scrape(testbed.operator), "locust_operator_tests"),
             lambda tests: tests == 0, timeout=60)
    with master.masters() as start:
        yield start


def wait_for_series(case, holds, operator=None, timeout=15):
    """Waits for {test: its series} of the case."""
    return wait_for("the series of tests", lambda: of_tests(
        scrape(operator or case.testbed.operator), case.namespace), holds, timeout)


def test_series_follow_the_life_of_a_test(case, masters):
    said = {}
    run(case, masters, "t", lambda handler: master.send(
        handler, json.dumps(master.stats(**said))))
    assert wait_for_series(case, lambda seen: "users" in seen.get("t", {})) == {
        "t": SERIES}

    said |= {"user_count": 25, "current_rps": 0.5, "current_response_time_percentiles": {}}
    assert wait_for_series(case, lambda seen: seen["t"].get("users") == 25) == {
        "t": SERIES | {"users": 25, "requests_per_second": 0.5,
                       # those of the run
                       "response_time_seconds 50": 0.007,
                       "response_time_seconds 95": 0.05}}

    case.jobs.complete("t-master")
    case.wait_for_phase("Succeeded", timeout=10)
    wait_for_series(case, lambda seen: seen == {"t": {"phase Succeeded": 1}})

    case.delete("LocustTest", "t")
    wait_for_series(case, lambda seen: not seen)


def test_beyond_the_bound_tests_are_summed_up(case, masters):
    def others():
        seen = scrape(case.testbed.operator)
        return (value(seen, "locust_operator_other_tests"),
                of_tests(seen, "_others").get("_others"))

    for name in ("a", "b", "c", "d"):
        run(case, masters, name, master.answers())
        wait_for_series(case, lambda seen: len(seen) <= BOUND)
    wait_for("all are heard of", others, lambda seen: seen == (2, {
        "phase Running": 2, "workers_expected": 2, "workers_connected": 2,
        "workers_missing": 0, "users": 20, "requests_per_second": 24.5,
        "failures_per_second": 6}), timeout=15)
    assert of_tests(scrape(case.testbed.operator), case.namespace) == {
        "a": SERIES, "b": SERIES}

    case.delete("LocustTest", "a")
    wait_for_series(case, lambda seen: seen == {"b": SERIES, "c": SERIES})
    case.jobs.complete("b-master")
    wait_for_series(case, lambda seen: seen == {"c": SERIES, "d": SERIES})
    assert others() == (1, {"phase Succeeded": 1})
    case.delete("LocustTest", "c")
    wait_for_series(case, lambda seen: seen == {
        "b": {"phase Succeeded": 1}, "d": SERIES})
    assert others() == (0, None)


def test_the_leader_serves_them(case, masters, tmp_path):
    testbed = case.testbed
    run(case, masters, "t", master.answers())
    wait_for_series(case, lambda seen: seen == {"t": SERIES})
    other = Operator(testbed.operator.kubeconfig, tmp_path / "operator.log",
                     testbed.operator.environment, FLAGS)
    other.start()
    try:
        page = wait_for("it knows the test", lambda: get(other)[2], lambda text:
                        'locust_operator_tests{phase="Running"} 1' in text)
        assert "locust_operator_test_" not in page
        assert "locust_operator_other_tests" not in page

        testbed.operator.stop()
        wait_for_series(case, lambda seen: seen == {"t": SERIES}, other)
        case.delete("LocustTest", "t")
        wait_for_series(case, lambda seen: not seen, other)
    finally:
        other.stop()
        testbed.operator.close()
        testbed.operator.start()
