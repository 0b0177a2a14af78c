"""Runs test programs: CTest with Boost.Test, and pytest."""

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

# Stop at the first finding, and fail.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:"
                    "detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


CLEANUP_SECONDS = 15  # that an interrupted program has for its cleanup


class Terminated(KeyboardInterrupt):
    """SIGTERM, which unlike Ctrl-C only this process receives."""


def run(words, **options):
    """Runs a program and returns its exit code. An interrupt is passed on, and the
    program has CLEANUP_SECONDS to end."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, **options)
    try:
        return process.wait()
    except KeyboardInterrupt as why:
        if isinstance(why, Terminated):
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired,
                                 KeyboardInterrupt):
            process.wait(CLEANUP_SECONDS)
        process.kill()
        raise


@functools.cache
def built(preset, tests=True, target="all", settings=()):
    """Builds a preset once; returns the folder. Raises Failure."""
    with step(f"building preset {preset}"):
        return builds.provide(preset, target, tests, settings)


def reports():
    """The folder of test reports."""
    folder = Path(os.environ.get("LOCUST_OPERATOR_REPORTS")
                  or paths.tree_folder() / "reports")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_ctest(build, name, *selection, environment=None):
    """Runs the programs that CTest selects and counts their test cases.

    Each Boost.Test program writes a report into its own folder. A program that
    crashes, or whose sanitizer finds something at the end, adds one failure.
    """
    programs = _programs(build, selection)
    tally = Tally()
    if not programs:
        tally.check(f"{name}: no programs match", False)
        return tally
    for program in programs:
        (program["folder"] / BOOST_REPORT).unlink(missing_ok=True)
    whole = reports() / f"{name}.xml"
    whole.unlink(missing_ok=True)
    run(["ctest", "--test-dir", build, *selection, "-j", str(builds.jobs()),
         "--output-on-failure", "--output-junit", whole],
        env={**os.environ, **SANITIZERS, **(environment or {}),
             # The JUnit logger would also evaluate the messages of checks that
             # pass, but some are valid only for a failure.
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
    output = subprocess.run(
        ["ctest", "--test-dir", build, *selection, "--show-only=json-v1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    return [{"name": test["name"],
             "folder": next(Path(p["value"]) for p in test["properties"]
                            if p["name"] == "WORKING_DIRECTORY")}
            for test in json.loads(output)["tests"]]


def _cases_of(program, by_exit_code):
    """The counts of its report; the exit code decides if they differ."""
    report = program["folder"] / BOOST_REPORT
    cases = read_boost(report, program["name"]) if report.exists() else Tally()
    # Another program in the same folder must not count this report again.
    report.unlink(missing_ok=True)
    if by_exit_code.failed and not cases.failed:
        cases.add(by_exit_code)
    return cases if cases.passed or cases.failed else by_exit_code


def run_pytest(name, *words, environment=None):
    """Runs pytest; returns its tally, even if pytest could not start."""
    report = reports() / f"{name}.xml"
    report.unlink(missing_ok=True)
    code = run(
        [PYTHON, "-B", "-m", "pytest", "-q", "--tb=short", "-rfEs",
         "-p", "no:cacheprovider", f"--basetemp={reports() / name}",
         "-o", "junit_family=xunit2", f"--junitxml={report}", *words],
        cwd=paths.ROOT, env={**os.environ, **(environment or {})})
    if not report.exists():
        tally = Tally()
        tally.check(f"pytest for {name} exited with code {code}", False)
        return tally
    tally = read_junit(report)
    if code not in (0, 1) or tally.passed + tally.failed == 0:
        tally.check(f"pytest for {name} exited with code {code}", False)
    return tally
