"""libFuzzer's programs (test/fuzz), and what they find."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from ..shared import paths
from . import programs

EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)")


def seed():
    """The same for the same commit, so that whoever runs a commit's tests again
    finds what was found; each commit tries other inputs."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=paths.ROOT,
                          stdout=subprocess.PIPE, text=True, check=False)
    return int(done.stdout[:7] or "0", 16) + 1


def run(build):
    """Runs them, as many at a time as there are processors. Inputs that break
    one end up among the reports."""
    findings = build / "test/fuzz/findings"
    kept = programs.reports() / "fuzz"
    for folder in (findings, kept):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    # What another run learnt would lead this one elsewhere.
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
        print(f"found {file}\n  again: {program} {file}", flush=True)
    return tally
