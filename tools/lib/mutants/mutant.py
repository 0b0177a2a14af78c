"""One way to break a core, and what a run of the simulation says about it."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..soak.simulation import PROBLEM, aborted


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    """Where it is, from the top of the tree."""
    text: str
    """What stands there now, exactly once in the file."""
    instead: str
    breaks: str
    """What the operator does wrong then, in one sentence."""
    retold: bool = False
    """Found by telling one run in several ways, not by a rule of each moment."""
    survives: str = ""
    """Why no life can find it; empty for all that must be found."""

    def defect_in(self, tree: Path) -> str:
        """What is wrong with the mutant itself; empty if it can be applied."""
        if self.text == self.instead:
            return "changes nothing"
        path = tree / self.file
        if not path.is_file():
            return f"there is no file {self.file}"
        count = path.read_text().count(self.text)
        return "" if count == 1 else f"its text occurs {count} times in {self.file}"

    def applied_to(self, text: str) -> str:
        return text.replace(self.text, self.instead)


@dataclass(frozen=True)
class Verdict:
    """What the lives say about one mutant."""
    found: bool
    rule: str = ""
    """The first rule that a life broke."""
    lives: int = 0
    """How many it took."""


LIVES = re.compile(r"^(\d+) lives, ", re.MULTILINE)


def verdict_of(code: int | None, output: str, errors: str) -> Verdict:
    """`code`: how the simulation ended; None when it had to be stopped."""
    lived = LIVES.search(output)
    lives = int(lived[1]) if lived else 0
    if code == 0:
        return Verdict(False, lives=lives)
    if broken := PROBLEM.search(output):
        return Verdict(True, broken[2], lives)
    if code is None:
        return Verdict(True, "the lives do not end", lives)
    return Verdict(True, aborted(code, errors), lives)
