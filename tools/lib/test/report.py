"""Counting what passed, from machine-readable reports."""

import os
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

IN_CI = os.environ.get("CI") == "true"


class Skipped(Exception):
    """This cannot run here, and why."""


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    # What a person wants to know of the failures and skips, a line each.
    notes: list[str] = field(default_factory=list)

    def check(self, what, holds):
        """One check that is not a test case of any framework."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            self.notes.append(f"FAILED {what}")
        return holds

    def skip(self, what, count=1):
        """In CI nothing may be left out, so there a skip is a failure."""
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
    """The cases of pytest's report."""
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
    """{program: Tally} of CTest's report: one for each, by its exit code."""
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
    """The cases of one Boost.Test program, from its short report in XML. Those
    that are not meant for this build do not count."""
    tally = Tally()
    try:
        whole = ElementTree.parse(file).getroot().find("TestSuite")
    except ElementTree.ParseError:
        return tally  # it died while it wrote; the exit code tells
    tally.passed = int(whole.get("test_cases_passed"))
    for what, count in (("failed", whole.get("test_cases_failed")),
                        ("were aborted", whole.get("test_cases_aborted"))):
        if int(count):
            tally.failed += int(count)
            tally.notes.append(f"FAILED {program}: {count} test cases {what}")
    return tally
