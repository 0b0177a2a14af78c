"""tools/bench with few tests: it ends, and its table has the ratios."""

import json
import subprocess

from support.operator_process import NO_FIXED_PORT, binary
from support.paths import ROOT

PATIENCE = 300.0  # seconds; about 25 on an idle machine


def test_a_small_burst_is_measured(plane, tmp_path):
    """It starts its own control planes; `plane` only makes sure that there may be
    some."""
    files = {name: tmp_path / f"result.{name}" for name in ("json", "svg")}
    done = subprocess.run(
        [ROOT / "tools/bench", "--scenario", "burst", "--tests", "10",
         "--operator", f"{binary()} {NO_FIXED_PORT}",
         *(f"--{name}={file}" for name, file in files.items())],
        capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert "ours/floor" in done.stdout
    medians = json.loads(files["json"].read_text())[
        "scenarios"]["burst"]["medians"]
    for found in medians.values():
        assert found["not_ready"] == 0
        assert found["all_ready"] > 0
        assert found["children"] == 3
    assert medians["floor"]["status_writes"] == 1
    assert medians["ours"]["status_writes"] >= 1
    assert files["svg"].read_text().startswith("<svg")
