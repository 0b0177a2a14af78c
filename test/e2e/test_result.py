"""The result of a run equals what Locust's own tables say."""

import urllib.parse
import urllib.request

from support import final_table
from support.objects import phase, real_test

# While the master stays, it can be asked: figures are final 5 s after the load.
STAYS = {"enabled": True, "timeout": 12}


def start(case, **options):
    case.create_locustfiles()
    return case.create(real_test(case.testbed.target.url, **{
        "seconds": 12, "master__autoquit": STAYS, **options}))


def ended(case):
    """The status, and what the log of the master says."""
    status = case.first_test(lambda test: phase(test) in ("Succeeded", "Failed"),
                             what="the end").object["status"]
    [master] = case.pods_of("t-master")
    log = case.api.call("GET", f"/api/v1/namespaces/{case.namespace}/pods/"
                        f"{master['metadata']['name']}/log?container=t-master")
    return status["result"], final_table.read(log)


def totals(result):
    return {"requests": result["requests"], "failures": result["failures"],
            "rate": result["averageRequestsPerSecond"], "max": result["max"],
            "50%": result["p50"], "95%": result["p95"], "99%": result["p99"]}


def check_totals(result, table):
    # Locust rounds the longest time in its API, and cuts it in its table.
    assert 0 <= result["max"] - table["max"] <= 1
    table = {**table, "max": result["max"]}
    assert totals(result) == {name: table[name] for name in totals(result)}
    assert result["failRatio"] == round(table["failures"] / table["requests"], 4)


def rows(result):
    return {f"{row.get('method', '')} {row['name']}":
            (row["requests"], row["failures"]) for row in result["worstEndpoints"]}


def check_times(result, seconds):
    # Seen when the master is asked, which may be late on a busy machine.
    assert seconds / 2 <= result["loadDurationSeconds"] <= seconds + 8
    assert result["loadStartTime"] < result["loadEndTime"]


def test_a_run_that_passes(case):
    start(case, users=4, workers=2)
    result, table = ended(case)
    assert (result["outcome"], result["exitCode"]) == ("Passed", 0)
    assert result["figures"] == "Final"
    check_totals(result, table)
    assert rows(result) == table["rows"]
    assert (result["peakUsers"], result["workersAtPeak"]) == (4, 2)
    assert result["peakRequestsPerSecond"] > 0
    assert "topErrors" not in result
    check_times(result, 12)


def test_a_run_with_failures(case):
    start(case, file="shop.py")
    result, table = ended(case)
    assert (result["outcome"], result["exitCode"]) == ("RequestsFailed", 1)
    assert (result["figures"], result["exitMeaning"]) == ("Final", "requests failed")
    check_totals(result, table)
    assert rows(result) == table["rows"]
    assert next(iter(rows(result))) == "GET /refused"
    [error] = result["topErrors"]
    assert [(error["occurrences"], f"{error['method']} {error['name']}: {error['error']}")
            ] == table["errors"]


def test_a_headless_run_with_failures(case):
    start(case, file="shop.py", extra="--headless")
    result, table = ended(case)
    assert (result["outcome"], result["figures"]) == ("RequestsFailed", "FinalTable")
    check_totals(result, table)
    assert len(table["errors"]) == len(result["topErrors"]) == 1
    assert result["topErrors"][0]["occurrences"] == table["failures"]


def test_a_headless_run_that_passes_has_no_figures(case):
    start(case, extra="--headless")
    result, _ = ended(case)
    assert (result["outcome"], result["exitCode"], result["figures"]) == ("Passed", 0, "None")
    assert result["message"] == "the Locust master could not be asked: it is headless"
    assert "requests" not in result


def test_a_headless_run_that_tells_its_figures(case):
    start(case, file="tells.py", extra="--headless")
    result, table = ended(case)
    assert (result["outcome"], result["figures"]) == ("Passed", "FinalTable")
    check_totals(result, table)
    assert rows(result) == table["rows"]


def test_a_shape(case):
    start(case, file="steps.py", seconds=60)
    result, table = ended(case)
    assert (result["outcome"], result["figures"]) == ("Passed", "Final")
    check_totals(result, table)
    assert result["peakUsers"] == 6
    check_times(result, 13)


def test_thousands_of_endpoints(case):
    start(case, file="endpoints.py")
    result, table = ended(case)
    assert (result["outcome"], result["figures"]) == ("RequestsFailed", "Final")
    assert len(table["rows"]) == 2000
    check_totals(result, table)
    worst = rows(result)
    assert worst == {name: table["rows"][name] for name in worst}
    assert list(worst) == ["GET /0077", *(f"GET /{n:04}" for n in range(19, 10, -1))]


def post(case, path, **form):
    [master] = case.pods_of("t-master")
    urllib.request.urlopen(f"http://{master['status']['podIP']}:8089{path}",
                           data=urllib.parse.urlencode(form).encode(), timeout=10).close()


def load_of(test):
    return test.get("status", {}).get("load", {})


def wait_for_state(case, state, requests=0):
    return case.first_test(lambda test: load_of(test).get("state") == state
                           and load_of(test)["requests"] > requests, what=state).object


def test_a_run_that_is_stopped_in_the_web_ui(case):
    start(case, users=3, seconds=40)
    wait_for_state(case, "running", 5)
    post(case, "/stop")
    result, table = ended(case)
    assert (result["outcome"], result["figures"]) == ("Passed", "Final")
    check_totals(result, table)
    assert result["loadDurationSeconds"] < 38


def test_the_second_run_in_the_web_ui_counts(case):
    start(case, users=5, seconds=60)
    wait_for_state(case, "running", 20)
    post(case, "/stop")
    wait_for_state(case, "stopped")
    post(case, "/swarm", user_count=2, spawn_rate=2, host=case.testbed.target.url)
    case.first_test(lambda test: load_of(test).get("state") == "running"
                    and load_of(test)["users"] == 2 and load_of(test)["requests"] > 4,
                    what="the second run")
    post(case, "/stop")
    result, table = ended(case)
    assert (result["outcome"], result["figures"]) == ("Passed", "Final")
    check_totals(result, table)
    assert result["peakUsers"] == 2


def test_a_master_that_leaves_at_once(case):
    start(case, file="shop.py", master__autoquit={"enabled": True, "timeout": 0})
    result, table = ended(case)
    assert (result["outcome"], result["figures"]) == ("RequestsFailed", "FinalTable")
    check_totals(result, table)


def test_a_master_that_is_deleted(case):
    start(case, users=3, seconds=120)
    wait_for_state(case, "running", 5)
    [master] = case.pods_of("t-master")
    case.delete("Pod", master["metadata"]["name"])
    status = case.wait_for_phase("Failed").object["status"]
    result = status["result"]
    assert (result["outcome"], result["figures"]) == ("Aborted", "LastSample")
    assert 0 <= result["sampleAgeSeconds"] < 30
    assert (result["requests"], result["peakUsers"]) == (status["load"]["requests"], 3)
