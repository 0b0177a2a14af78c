"""Runs the simulation, and reads what it says."""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .shrink import shortest

PROBLEM = re.compile(r"^seed (\d+): (.+)$", re.MULTILINE)
DRAWN = re.compile(r"^(\d+) disturbances were drawn$", re.MULTILINE)


@dataclass(frozen=True)
class Broken:
    """A life that broke a rule."""
    seed: int
    retold: bool
    rule: str


@dataclass(frozen=True)
class Simulation:
    program: Path
    options: tuple[str, ...] = ()
    """Further options of each run."""

    def command(self, seed, retold, left_out=(), *more):
        words = [str(self.program), "--seed", str(seed)]
        words += ["--retold"] if retold else []
        if left_out:
            words += ["--leave-out", ",".join(map(str, sorted(left_out)))]
        return [*words, *self.options, *more]

    def batch(self, first, lives, retold):
        """The command for so many lives."""
        return [str(self.program), "--first", str(first), "--lives", str(lives),
                *(["--retold"] if retold else []), *self.options]

    def broken_in(self, code, output, first, lives, retold):
        """The lives of a batch that broke a rule."""
        found = {}
        for seed, rule in PROBLEM.findall(output):
            found.setdefault(int(seed), rule)
        if code not in (0, 1):  # it was aborted, and so says nothing of the rest
            for seed in range(first, first + lives):
                if seed not in found and (rules := self.rules_broken_by(seed, retold)):
                    found[seed] = rules[0]
                    break
        return [Broken(seed, retold, rule) for seed, rule in found.items()]

    def rules_broken_by(self, seed, retold, left_out=()):
        done = self._run(self.command(seed, retold, left_out))
        rules = [rule for _, rule in PROBLEM.findall(done.stdout)]
        if done.returncode not in (0, 1):
            rules.append(aborted(done.returncode, done.stderr))
        return rules

    def shrink(self, broken):
        """The numbers of the disturbances that must happen for the life to break
        the rule, and of all others."""
        drawn = DRAWN.search(self._run(
            self.command(broken.seed, broken.retold)).stdout)
        every = range(1, int(drawn[1]) + 1 if drawn else 1)
        same = kind_of(broken.rule)

        def breaks(kept):
            rules = self.rules_broken_by(broken.seed, broken.retold,
                                         set(every) - set(kept))
            return any(kind_of(rule) == same for rule in rules)

        kept = shortest(every, breaks)
        return kept, sorted(set(every) - set(kept))

    def story(self, broken, left_out):
        """Every step of the life."""
        done = self._run(self.command(broken.seed, broken.retold, left_out, "--steps"))
        return done.stdout + done.stderr

    def _run(self, words):
        # Ctrl-C is not for it: half a life says nothing.
        return subprocess.run(words, stdin=subprocess.DEVNULL, check=False,
                              start_new_session=True, capture_output=True,
                              text=True)


def aborted(code, errors):
    """What counts as the broken rule when the simulation itself ends."""
    said = errors.strip().splitlines() or [f"exit code {code}"]
    return f"the simulation was aborted: {said[-1]}"


def kind_of(rule):
    """A rule without what differs from life to life: numbers, names and texts."""
    return re.sub(r'"[^"]*"|\S*\d\S*', "_", rule)


def in_words(command):
    return shlex.join(command)
