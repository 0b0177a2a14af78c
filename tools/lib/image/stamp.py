"""The version, commit and date of an image."""

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_LINE = re.compile(r"locust-operator (\S+), commit (\S+) of (\S+)\n")
_VERSION = re.compile(r"project\(locust_operator VERSION ([0-9.]+)")
_FORM = "%Y-%m-%dT%H:%M:%SZ"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Stamp:
    version: str
    commit: str
    date: str

    @property
    def seconds(self) -> int:
        """SOURCE_DATE_EPOCH; 0 if there is no date."""
        if self.date == UNKNOWN:
            return 0
        return int(datetime.fromisoformat(self.date).timestamp())

    @property
    def created(self) -> str:
        return datetime.fromtimestamp(self.seconds, UTC).strftime(
            _FORM)


def of_binary(binary: Path) -> Stamp:
    """The output of `--version`."""
    output = subprocess.run([binary, "--version"], text=True, check=True,
                          capture_output=True).stdout
    return Stamp(*_LINE.fullmatch(output).groups())


def of_tree(top: Path) -> Stamp:
    """The stamp of a program built from this tree, as in cmake/BuildStamp.cmake.
    For machines that have an engine but no cmake."""
    version = _VERSION.search((top / "CMakeLists.txt").read_text())[1]
    commit = _git(top, "describe", "--always", "--dirty", "--abbrev=12",
                  "--exclude=*")
    seconds = (os.environ.get("SOURCE_DATE_EPOCH")
               or _git(top, "log", "-1", "--format=%ct"))
    date = UNKNOWN
    if seconds != UNKNOWN:
        date = datetime.fromtimestamp(int(seconds), UTC).strftime(
            _FORM)
    return Stamp(version, commit, date)


def _git(top: Path, *words) -> str:
    if not (top / ".git").exists():
        return UNKNOWN
    done = subprocess.run(["git", "--no-optional-locks", *words], cwd=top,
                          text=True, capture_output=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else UNKNOWN
