"""tools/bench without a cluster: options, statistics, the table, the drawing, and the
objects that it creates."""

import http.client
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, datetime

import pytest

from lib.bench import (
    api,
    chart,
    cli,
    masters,
    measure,
    scenarios,
    slow_webhook,
    templates,
)
from lib.bench.scenarios import (
    burst,
    foreign,
    latency,
    live,
    replicas,
    restart,
    steady,
)
from lib.bench.table import Row, table

# -- options --------------------------------------------------------------------


@pytest.mark.parametrize("words, sentence", [
    (["--scenario", "none"], "invalid choice: 'none'"),
    (["--tests", "0"], "'0' is not a positive number"),
    (["--rounds", "-1"], "'-1' is not a positive number"),
    (["--against-crd", "x.yaml"], "--against-crd needs --against"),
    (["--against", "x", "--against-crd", "/none.yaml"],
     "--against-crd: /none.yaml does not exist"),
    (["--scenario", "latency", "--svg", "x.svg"],
     "--svg needs the scenario burst"),
    (["--scenario", "latency", "--pods"], "--pods needs the scenario burst"),
])
def test_wrong_options_are_explained(words, sentence, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert sentence in capsys.readouterr().err


def test_the_help_names_every_scenario_and_its_defaults(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    for name, scenario in scenarios.ALL.items():
        assert name in text
        for size, default in scenario.SIZES.items():
            assert re.search(rf"--{size} N .*\b{default} in {name}\b", text)


@pytest.mark.parametrize("name", scenarios.ALL)
def test_a_scenario_is_complete(name):
    scenario = scenarios.ALL[name]
    assert scenario.TITLE.format(**scenario.SIZES)
    keys = [row.key for row in scenario.ROWS]
    assert len(set(keys)) == len(keys)
    assert scenario.HAS_FLOOR or not any(r.of_floor for r in scenario.ROWS)


# -- statistics -----------------------------------------------------------------


@pytest.mark.parametrize("values, share, expected", [
    ([3], 99, 3),
    ([1, 2, 3], 50, 2),
    ([4, 1, 3, 2], 50, 2.5),
    (range(101), 99, 99),
    ([0, 10], 25, 2.5),
])
def test_percentiles_lie_between_neighbours(values, share, expected):
    assert measure.percentile(values, share) == pytest.approx(expected)


def test_there_is_no_median_of_nothing():
    with pytest.raises(ValueError, match="no values"):
        measure.median([])


def test_a_round_without_a_number_does_not_count_for_it():
    assert measure.medians([{"a": 1, "b": 5}, {"a": 3}, {"a": 2}]) == {
        "a": 2, "b": 5}


@pytest.mark.parametrize("value, base, expected", [
    (3, 2, 1.5), (3, 0, None), (None, 2, None), (3, None, None)])
def test_a_ratio_needs_both_numbers(value, base, expected):
    assert measure.ratio(value, base) == expected


# -- what a scenario makes of the times of tests -----------------------------------


def times(**changes):
    return {"asked": 0.0, "created": 0.1, "begun": None, "ready": None,
            "running": None, "completing": None, "completed": None, "ended": None,
            "lastJob": None, "jobs": 0, **changes}


def test_a_burst_ends_when_the_last_test_is_ready():
    found = burst.summary([times(ready=at, created=at / 10)
                           for at in (1.0, 4.0, 2.0)])
    assert found == {"creations": 0.4, "not_ready": 0, "median_ready": 2.0,
                     "all_ready": 4.0, "median_share": 0.5}


def test_a_burst_with_a_test_that_is_not_ready_has_no_end():
    found = burst.summary([times(ready=1.0), times()])
    assert found["not_ready"] == 1
    assert "all_ready" not in found


def test_a_burst_with_pods_ends_when_the_last_test_runs():
    tests = [times(ready=1.0, running=at) for at in (2.0, 3.0)]
    assert burst.summary(tests, pods=True)["all_running"] == 3.0
    assert "all_running" not in burst.summary(tests)


def test_the_time_of_the_floor_begins_with_its_own_creations():
    played = [times(asked=1.0, created=1.2, begun=1.5, lastJob=2.0)]
    assert latency.summary(played, True)["p50_ms"] == pytest.approx(500)
    assert latency.summary(played, False)["p50_ms"] == pytest.approx(1000)


def test_running_tests_at_idle_and_in_the_burst_are_told_apart():
    found = steady.summary([times(completed=1.0, ended=1.01),
                            times(completing=1.9, completed=2.0, ended=2.5)])
    assert found["idle_p50_ms"] == pytest.approx(10)
    assert found["p50_ms"] == pytest.approx(500)
    assert found["write_p99_ms"] == pytest.approx(100)
    assert found["not_ready"] == 0


def test_a_status_before_the_answer_to_the_job_took_no_time():
    found = steady.summary([times(), times(completing=1.8, completed=2.0,
                                          ended=1.9)])
    assert found["p99_ms"] == 0


def test_of_a_restart_only_writes_without_a_new_test_count():
    patch = ("PATCH", "locusttests", "status")
    post = ("POST", "jobs", "")
    found = restart.due_to_the_start(
        Counter({patch: 10, post: 20}), Counter({patch: 17, post: 22}),
        Counter({patch: 19, post: 24}))
    assert found == {"children": 0, "status_writes": 5, "test_writes": 0,
                     "event_writes": 0}


def test_the_last_start_tells_when_its_lists_are_complete():
    line = "ready: all lists are complete after {} ms; LocustTests: 3\n"
    assert restart.lists_complete(line.format(900) + line.format(250)) == {
        "lists_after": 0.25}
    assert restart.lists_complete("another operator") == {}


def mode(**changes):
    return {"not_ready": 0.0, "samples": 0.0, "cpu": 0.0, "seconds": 10.0,
            "writes": 0.0, "idle_mib": 10.0, "full_mib": 10.0, **changes}


def test_samples_cost_what_the_same_tests_do_not_cost_without_them():
    found = live.summary(
        mode(cpu=0.5, writes=10.0, full_mib=12.0, end_p50_ms=10.0),
        mode(cpu=1.5, writes=60.0, full_mib=14.0, end_p50_ms=15.0,
             samples=500.0), running=4)
    assert found["samples_per_s"] == 50
    assert found["sample_ms"] == pytest.approx(2)
    assert (found["writes"], found["off_writes"]) == (6, 1)
    assert (found["test_kib"], found["off_test_kib"]) == (1024, 512)
    assert found["end_slowdown"] == 1.5
    assert "begin_slowdown" not in found


def test_figures_are_as_old_as_the_oldest():
    now = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
    tests = [{"status": {"load": {"sampledAt": f"2026-01-01T00:00:{at}Z"}}}
             for at in ("20", "10.5", "25")]
    assert live.figures([*tests, {"status": {}}, {}], now) == {
        "with_figures": 3, "oldest": 19.5}
    assert live.figures([{}], now) == {"with_figures": 0}


def test_a_test_that_does_not_end_has_no_phases():
    found = live.phases([
        times(asked=1.0, running=1.5, completed=2.0, ended=2.25), times()])
    assert found["not_ready"] == 1
    assert found["begin_p50_ms"] == pytest.approx(500)
    assert found["end_p99_ms"] == pytest.approx(250)


# -- the counters of the API server --------------------------------------------------

METRICS = """# TYPE apiserver_request_total counter
apiserver_request_total{code="201",resource="jobs",subresource="",verb="POST"} 4
apiserver_request_total{code="409",resource="jobs",subresource="",verb="POST"} 1
apiserver_request_total{code="200",resource="locusttests",subresource="status",\
verb="PATCH"} 1e+01
apiserver_request_total{code="0",resource="locusttests",subresource="",\
verb="POST"} 7
apiserver_request_duration_seconds_count{verb="POST"} 9
"""


def test_requests_are_counted_with_any_status_code():
    assert api.counters_in(METRICS) == {
        ("POST", "jobs", ""): 5, ("PATCH", "locusttests", "status"): 10,
        ("POST", "locusttests", ""): 7}


def test_creations_of_users_are_no_writes_of_the_operator():
    assert api.writes_in(api.counters_in(METRICS)) == {
        "children": 5, "status_writes": 10, "test_writes": 0,
        "event_writes": 0}


# -- the table ----------------------------------------------------------------------

ROWS = [Row("time", "time", at_most=1.25, of_floor=True),
        Row("memory", "memory", "MiB", 0, at_most=12),
        Row("share", "share", "", 2, compared=False),
        Row("unknown", "unknown")]


def test_the_table_has_ratios_and_goals():
    text = table(ROWS, {"floor": {"time": 2.0, "share": 0.5},
                        "ours": {"time": 2.4, "memory": 13, "share": 0.6},
                        "other": {"time": 6.0}})
    assert [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()] == [
        ["floor", "ours", "other", "ours/floor", "other/floor", "goal", "met"],
        ["time", "2.0 s", "2.4 s", "6.0 s", "1.20x", "3.00x", "<= 1.25x", "yes"],
        ["memory", "-", "13 MiB", "-", "<= 12 MiB", "NO"],
        ["share", "0.50", "0.60", "-"]]


def test_without_the_floor_there_are_no_ratios():
    assert table(ROWS[1:2], {"ours": {"memory": 9}}).split() == [
        "ours", "goal", "met", "memory", "9", "MiB", "<=", "12", "MiB", "yes"]


# -- the drawing --------------------------------------------------------------------


def test_the_drawing_has_a_curve_and_a_label_for_each_competitor():
    drawn = ET.fromstring(chart.readiness({
        "floor": [0.5, 1.0], "ours": [0.7, 1.1], "a<b": [2.0, 3.0]}))
    assert len(drawn.findall("{*}polyline")) == 3
    labels = [element.text for element in drawn.findall("{*}text")]
    assert {"floor 1.0 s", "ours 1.1 s", "a<b 3.0 s"} <= set(labels)


@pytest.mark.parametrize("curves", [{}, {"floor": []}, {"floor": [0.0]}])
def test_almost_nothing_can_be_drawn(curves):
    assert ET.fromstring(chart.readiness(curves)) is not None


def test_the_drawn_round_is_the_one_with_the_median_end():
    assert chart.typical([[9.0, 1.0], [2.0], [], [5.0, 4.0]]) == [4.0, 5.0]
    assert chart.typical([]) == []


# -- the objects --------------------------------------------------------------------

PLACEHOLDER = re.compile("@[A-Z]+@")


def test_the_bare_client_creates_a_service_and_two_jobs_of_the_test():
    children = [json.loads(child["body"]) for child in templates.children()]
    assert [(child["kind"], child["metadata"]["name"]) for child in children] == [
        ("Service", "@NAME@-master"), ("Job", "@NAME@-master"),
        ("Job", "@NAME@-worker")]
    for child in children:
        assert child["metadata"]["namespace"] == "@NAMESPACE@"
        assert child["metadata"]["ownerReferences"][0]["uid"] == "@UID@"
        assert "shop" not in json.dumps(child)


def test_only_known_placeholders_are_used():
    texts = [templates.locust_test(), templates.status()["body"],
             *(child["body"] for child in templates.children()),
             *templates.pods().values()]
    assert {name for text in texts for name in PLACEHOLDER.findall(text)} == {
        "@NAME@", "@NAMESPACE@", "@UID@", "@POD@"}


def test_foreign_objects_have_neither_an_owner_nor_our_labels():
    for made in foreign.objects():
        body = json.loads(made["body"])
        assert "ownerReferences" not in body["metadata"]
        assert body["metadata"]["labels"] == {"app": "shop"}
        assert "@POD@" not in made["body"]


def test_the_slow_webhook_admits():
    assert slow_webhook.answer({"request": {"uid": "u"}})["response"] == {
        "uid": "u", "allowed": True}


def test_the_slow_webhook_is_only_for_namespaces_with_its_label():
    made = slow_webhook.configuration("https://127.0.0.1:1/", b"x")
    assert made["webhooks"][0]["namespaceSelector"] == {
        "matchLabels": {"bench-slow": "true"}}


def test_each_replica_validates_new_tests_only():
    hook, = replicas.configuration("leader", 1, b"x")["webhooks"]
    assert hook["clientConfig"]["url"].startswith("https://127.0.0.1:1/")
    assert hook["rules"][0]["operations"] == ["CREATE"]


def test_masters_answer_at_their_addresses_with_other_figures_each_time():
    def ask(address, path="/stats/requests"):
        connection = http.client.HTTPConnection(address, made.port, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    with masters.masters(2, endpoints=3) as made:
        answers = [ask(one) for one in made.addresses]
        assert ask(made.addresses[0], "/stats/report") == (404, b"")
        assert made.samples == 2
    assert [status for status, _ in answers] == [200, 200]
    first, second = (json.loads(body)["stats"] for _, body in answers)
    assert [row["name"] for row in first][-1] == "Aggregated"
    assert len(first) == 4
    assert first[-1]["num_requests"] != second[-1]["num_requests"]
