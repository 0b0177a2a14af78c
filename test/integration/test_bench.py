"""tools/bench with few tests: it ends, and its table has the ratios."""

import json
import subprocess

from support.operator_process import NO_FIXED_PORT, binary
from support.paths import ROOT

PATIENCE = 300.0  # seconds; about 25 on an idle machine


def measure(folder, *words):
    """Returns the numbers of all scenarios, and the tables. It starts control planes
    of its own."""
    file = folder / "result.json"
    done = subprocess.run(
        [ROOT / "tools/bench", "--operator", f"{binary()} {NO_FIXED_PORT}",
         f"--json={file}", *words],
        capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    scenarios = json.loads(file.read_text())["scenarios"]
    return {name: one["medians"] for name, one in scenarios.items()}, done.stdout


# `plane` only makes sure that there may be control planes.
def test_a_small_burst_is_measured(plane, tmp_path):
    drawing = tmp_path / "result.svg"
    measured, tables = measure(tmp_path, "--scenario", "burst", "--tests", "10",
                               f"--svg={drawing}")
    assert "ours/floor" in tables
    medians = measured["burst"]
    for found in medians.values():
        assert found["not_ready"] == 0
        assert found["all_ready"] > 0
        assert found["children"] == 3
    assert medians["floor"]["status_writes"] == 1
    assert medians["ours"]["status_writes"] >= 1
    assert drawing.read_text().startswith("<svg")


def test_what_masters_answer_costs_something(plane, tmp_path):
    measured, _ = measure(tmp_path, "--scenario", "live", "--running", "4",
                          "--tests", "2", "--seconds", "6")
    found = measured["live"]["ours"]
    assert found["not_ready"] == 0
    # Each of 4 masters is asked every 2 s.
    assert 1 < found["samples_per_s"] < 3
    assert found["with_figures"] == 4
    assert 0 < found["writes"] <= 5
    assert found["oldest"] < 10
    assert found["begin_slowdown"] > 0
    assert found["end_slowdown"] > 0


def test_both_replicas_are_measured(plane, tmp_path):
    measured, _ = measure(tmp_path, "--scenario", "replicas", "--tests", "5",
                          "--scrapes", "3")
    found = measured["replicas"]["ours"]
    assert found["not_ready"] == 0
    assert found["scrape_ms"] > 0
    for replica in ("leader", "follower"):
        assert found[f"{replica}_full_mib"] > found[
            f"{replica}_idle_anonymous_mib"] > 0
