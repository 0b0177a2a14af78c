"""Running the test programs: CTest with Boost.Test, and pytest."""

import contextlib
import functools
import json
import os
import signal
import subprocess
from pathlib import Path

from ..shared import builds, paths
from ..shared.progress import step
from .report import Tally, read_boost, read_ctest, read_junit

BOOST_REPORT = "boost-report.xml"
PYTHON = "/usr/bin/python3"  # Debian's: it has pytest and yaml

# Halt at the first finding, as a failure.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:"
                    "detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


ENDS_WITHIN = 15  # seconds that an interrupted program may tidy up


class Terminated(KeyboardInterrupt):
    """SIGTERM; unlike Ctrl-C it reached us alone."""


def run(words, **options):
    """Runs a program to its end; returns its exit code. When we are told to
    stop, so is the program, and it may take its leave."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, **options)
    try:
        return process.wait()
    except KeyboardInterrupt as why:
        if isinstance(why, Terminated):
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired,
                                 KeyboardInterrupt):
            process.wait(ENDS_WITHIN)
        process.kill()
        raise


@functools.cache
def built(preset, tests=True, target="all", settings=()):
    """The folder of a build, which is made once. Raises Failure."""
    with step(f"building preset {preset}"):
        return builds.provide(preset, target, tests, settings)


def reports():
    """What tests leave for people."""
    folder = Path(os.environ.get("LOCUST_OPERATOR_REPORTS")
                  or paths.tree_folder() / "reports")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_ctest(build, name, *selection, environment=None):
    """Runs the programs that CTest selects so; counts their test cases.

    Each Boost.Test program writes a report into its own folder. One that
    crashed, or whose sanitizer found something at its end, counts as one
    failure more.
    """
    programs = _programs(build, selection)
    tally = Tally()
    if not programs:
        tally.check(f"{name}: there is nothing to run", False)
        return tally
    for program in programs:
        (program["folder"] / BOOST_REPORT).unlink(missing_ok=True)
    whole = reports() / f"{name}.xml"
    whole.unlink(missing_ok=True)
    run(["ctest", "--test-dir", build, *selection, "-j", str(builds.jobs()),
         "--output-on-failure", "--output-junit", whole],
        env={**os.environ, **SANITIZERS, **(environment or {}),
             # The JUnit logger would evaluate the messages of checks that
             # pass, which tests may write for the failure only.
             "BOOST_TEST_REPORT_FORMAT": "XML",
             "BOOST_TEST_REPORT_SINK": BOOST_REPORT})
    ended = read_ctest(whole)
    for program in programs:
        name = program["name"]
        if name not in ended:
            tally.check(f"{name} did not run", False)
        else:
            tally.add(_cases_of(program, ended[name]))
    return tally


def _programs(build, selection):
    said = subprocess.run(
        ["ctest", "--test-dir", build, *selection, "--show-only=json-v1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    return [{"name": test["name"],
             "folder": next(Path(p["value"]) for p in test["properties"]
                            if p["name"] == "WORKING_DIRECTORY")}
            for test in json.loads(said)["tests"]]


def _cases_of(program, by_exit_code):
    """What its report says, unless it contradicts the exit code."""
    report = program["folder"] / BOOST_REPORT
    cases = read_boost(report, program["name"]) if report.exists() else Tally()
    # Another program of the same folder must not count these again.
    report.unlink(missing_ok=True)
    if by_exit_code.failed and not cases.failed:
        cases.add(by_exit_code)
    return cases if cases.passed or cases.failed else by_exit_code


def run_pytest(name, *words, environment=None):
    """Runs pytest; returns its tally, also when it could not even start."""
    report = reports() / f"{name}.xml"
    report.unlink(missing_ok=True)
    code = run(
        [PYTHON, "-B", "-m", "pytest", "-q", "--tb=short", "-rfEs",
         "-p", "no:cacheprovider", f"--basetemp={reports() / name}",
         "-o", "junit_family=xunit2", f"--junitxml={report}", *words],
        cwd=paths.ROOT, env={**os.environ, **(environment or {})})
    if not report.exists():
        tally = Tally()
        tally.check(f"pytest for {name} ended with {code}", False)
        return tally
    tally = read_junit(report)
    if code not in (0, 1) or tally.passed + tally.failed == 0:
        tally.check(f"pytest for {name} ended with {code}", False)
    return tally
