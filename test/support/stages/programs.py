"""Running the test programs: CTest with Boost.Test, and pytest."""

import json
import os
import subprocess
from pathlib import Path

from .. import paths
from . import builds
from .report import Tally, read_junit

PYTHON = "/usr/bin/python3"  # Debian's: it has pytest and yaml

# The compiler cache of sanitizers: halt at the first finding, as a failure.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:"
                    "detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


def reports():
    folder = builds.tree_folder() / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_ctest(build, labels, name, environment=None):
    """Runs the programs with one of these labels; counts their test cases.

    Each Boost.Test program writes a JUnit report into its own folder. One that
    crashed, or whose sanitizer found something at its end, counts as one
    failure more.
    """
    programs = _programs(build, labels)
    tally = Tally()
    if not programs:
        return tally
    for program in programs:
        for file in program["folder"].glob("*.xml"):
            file.unlink()
    whole = reports() / f"{name}.xml"
    whole.unlink(missing_ok=True)
    subprocess.run(
        ["ctest", "--test-dir", build, "-L", labels, "-j",
         str(builds.jobs()), "--output-on-failure", "--output-junit", whole],
        stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, **SANITIZERS, **(environment or {}),
             "BOOST_TEST_LOGGER": "HRF,message,stdout:JUNIT,message"})
    ended = _results(whole)
    for folder in {program["folder"] for program in programs}:
        _count(tally, folder, [p["name"] for p in programs
                               if p["folder"] == folder], ended)
    return tally


def _programs(build, labels):
    said = subprocess.run(
        ["ctest", "--test-dir", build, "-L", labels, "--show-only=json-v1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    return [{"name": test["name"],
             "folder": next(Path(p["value"]) for p in test["properties"]
                            if p["name"] == "WORKING_DIRECTORY")}
            for test in json.loads(said)["tests"]]


def _results(file):
    """{program: Tally} as CTest judges by exit codes."""
    import xml.etree.ElementTree as ElementTree
    ended = {}
    for case in ElementTree.parse(file).iter("testcase"):
        one = ended[case.get("name")] = Tally()
        status = case.get("status")
        if status == "run":
            one.passed = 1
        elif status == "fail":
            one.check(case.get("name"), False)
        else:
            one.skip(f"{case.get('name')}: {status}")
    return ended


def _count(tally, folder, names, ended):
    cases = Tally()
    for file in folder.glob("*.xml"):
        cases.add(read_junit(file))
    for name in names:
        by_exit_code = ended.get(name)
        if by_exit_code is None:
            tally.check(f"{name} did not run", False)
        elif by_exit_code.passed and cases.passed:
            pass  # its cases are counted
        elif by_exit_code.failed and cases.failed:
            pass
        else:
            tally.add(by_exit_code)
    tally.add(cases)


def run_pytest(name, *words, environment=None):
    """Runs pytest; returns its tally, also when it could not even start."""
    report = reports() / f"{name}.xml"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [PYTHON, "-B", "-m", "pytest", "-q", "--tb=short", "-rfEs",
         "-p", "no:cacheprovider", f"--basetemp={reports() / name}",
         "-o", "junit_family=xunit2", f"--junitxml={report}", *words],
        stdin=subprocess.DEVNULL, cwd=paths.ROOT, check=False,
        env={**os.environ, **(environment or {})})
    if not report.exists():
        tally = Tally()
        tally.check(f"pytest for {name} ended with {done.returncode}", False)
        return tally
    tally = read_junit(report)
    if done.returncode not in (0, 1) or tally.passed + tally.failed == 0:
        tally.check(f"pytest for {name} ended with {done.returncode}", False)
    return tally
