"""tools/bench without a cluster: options, statistics, the table, the drawing, and the
objects that it creates."""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from lib.bench import (
    api,
    chart,
    cli,
    measure,
    scenarios,
    slow_webhook,
    templates,
)
from lib.bench.scenarios import burst, foreign, latency, restart, steady
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
