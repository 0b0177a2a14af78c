"""Counts test results from machine-readable reports."""

import os
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

IN_CI = os.environ.get("CI") == "true"


class Skipped(Exception):
    """A stage cannot run here; says why."""


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    # One line for each failure and each skip.
    notes: list[str] = field(default_factory=list)

    def check(self, what, holds):
        """Counts a check that is not a test case of a framework."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            self.notes.append(f"FAILED {what}")
        return holds

    def skip(self, what, count=1):
        """Counts a skip; in CI it is a failure."""
        if IN_CI:
            self.failed += count
        else:
            self.skipped += count
        self.notes.append(f"SKIPPED {what}")

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.notes += other.notes

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def read_junit(file):
    """Counts the test cases in a report of pytest."""
    tally = Tally()
    for case in ElementTree.parse(file).iter("testcase"):
        name = f"{case.get('classname', '')} {case.get('name')}".strip()
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally.check(name, False)
        elif skip is not None:
            tally.skip(f"{name}: {skip.get('message', '')}")
        else:
            tally.passed += 1
    return tally


def read_ctest(file):
    """{program: Tally} of a report of CTest, one result per program."""
    ended = {}
    for case in ElementTree.parse(file).iter("testcase"):
        one = ended[case.get("name")] = Tally()
        status = case.get("status")
        if status in ("run", "fail"):
            one.check(case.get("name"), status == "run")
        else:
            one.skip(f"{case.get('name')}: {status}")
    return ended


def read_boost(file, program):
    """Counts the test cases in the XML report of a Boost.Test program. Cases that
    are disabled in this build do not count."""
    tally = Tally()
    try:
        whole = ElementTree.parse(file).getroot().find("TestSuite")
    except ElementTree.ParseError:
        return tally  # the program crashed; its exit code decides
    tally.passed = int(whole.get("test_cases_passed"))
    for what, count in (("failed", whole.get("test_cases_failed")),
                        ("were aborted", whole.get("test_cases_aborted"))):
        if int(count):
            tally.failed += int(count)
            tally.notes.append(f"FAILED {program}: {count} test cases {what}")
    return tally
