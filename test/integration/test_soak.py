"""Tests come, run, end and are deleted for minutes: nothing grows, nothing stays."""

import json
import subprocess

from lib.test.report import IN_CI
from support.paths import ROOT

MINUTES = 5 if IN_CI else 2


def test_nothing_grows_and_nothing_stays(plane, tmp_path):
    report = tmp_path / "soak.json"
    done = subprocess.run(
        [ROOT / "tools/bench", "--scenario", "soak", "--minutes", str(MINUTES),
         "--tests", "100", "--json", report],
        capture_output=True, text=True, check=False, timeout=MINUTES * 60 + 600)
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())["scenarios"]["soak"]
    ours = found["medians"]["ours"]
    assert ours["not_ready"] == 0
    assert ours["last_files"] <= ours["first_files"] + 2
    assert ours["last_threads"] == ours["first_threads"]
    # An undisturbed run has 2; those that are deleted while they run have no end.
    assert ours["status_writes"] < 4
    assert ours["memory_growth"] < 1.15
    assert ours["last_mib"] < 25
