"""Runs the libFuzzer programs of test/fuzz and collects their findings."""

import os
import re
import shutil
import xml.etree.ElementTree as ElementTree

from . import programs

EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)")


def seed():
    """The same seed each time, so that a change never fails because of inputs that
    have nothing to do with it. A scheduled run sets another one."""
    return int(os.environ.get("LOCUST_OPERATOR_FUZZ_SEED") or 1)


def run(build):
    """Runs one program per processor at a time. Moves inputs that break a program
    to the reports."""
    findings = build / "test/fuzz/findings"
    kept = programs.reports() / "fuzz"
    for folder in (findings, kept):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    # Inputs from an earlier run would make this run differ.
    for learnt in (build / "test/fuzz/learnt").glob("*/*"):
        learnt.unlink()
    tally = programs.run_ctest(build, "fuzz", "-L", "^fuzz$",
                               "--test-output-size-passed", "100000")
    for case in ElementTree.parse(programs.reports() / "fuzz.xml").iter(
            "testcase"):
        if executed := EXECUTED.search(case.findtext("system-out", "")):
            print(f"{case.get('name')}: {executed[1]} inputs", flush=True)
    for found in sorted(findings.iterdir()):
        file = shutil.move(found, kept)
        program = build / f"test/fuzz/fuzz_{found.name.partition('-')[0]}"
        print(f"found {file}\n  to reproduce: {program} {file}", flush=True)
    return tally
