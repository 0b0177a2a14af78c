"""Breaks the cores one way at a time, and shows which rule of the simulation finds
each."""

import argparse
import sys
import time

from ..shared import paths
from ..shared.locks import file_lock
from ..shared.progress import Failure, say, show_on_stdout, step
from .mutant import Mutant, Verdict
from .table import MUTANTS
from .workbench import Workbench, folder


def main(arguments=None) -> int:
    show_on_stdout()
    options = _parse(arguments)
    chosen = [one for one in MUTANTS
              if not options.name or one.name in options.name]
    if options.list:
        for one in chosen:
            print(f"{one.name:32} {one.file}: {one.breaks}")
        return 0
    defects = [f"{one.name}: {defect}" for one in MUTANTS
               if (defect := one.defect_in(paths.ROOT))]
    for defect in defects:
        print(defect)
    if defects:
        return 1
    bench = Workbench(options.lives, options.patience)
    try:
        with file_lock(folder() / "lock",
                       lambda: say("another run breaks the cores; waiting")):
            return _try_all(bench, chosen)
    except Failure as failure:
        print(failure.report("tools/mutants", 40), file=sys.stderr)
        return 2


def _try_all(bench: Workbench, chosen: list[Mutant]) -> int:
    with step("building the simulation as it is"):
        bench.prepare()
    for retold in sorted({one.retold for one in chosen}):
        with step("living with unbroken cores"):
            sound = bench.live(retold)
        if sound.found:
            raise Failure(f"a rule is broken without any mutant: {sound.rule}")
    wrong = []
    for one in chosen:
        begun = time.monotonic()
        verdict = bench.try_out(one)
        say(f"{line_about(one, verdict)} ({time.monotonic() - begun:.0f} s)")
        if verdict.found == bool(one.survives):
            wrong.append(one.name)
    found = len(chosen) - sum(bool(one.survives) for one in chosen)
    print(f"{len(chosen)} mutants: {found} must be found, "
          f"{len(chosen) - found} cannot be; {len(wrong)} are not as they should "
          f"be{': ' if wrong else ''}{', '.join(wrong)}")
    return 1 if wrong else 0


def line_about(one: Mutant, verdict: Verdict) -> str:
    """What became of a mutant, for people."""
    if not verdict.found:
        why = one.survives or one.breaks
        return f"survives {one.name}, {verdict.lives} lives: {why}"
    how = "retold lives" if one.retold else "lives"
    surprise = "; it is said that none can find it" if one.survives else ""
    return f"found    {one.name} after {verdict.lives} {how}: {verdict.rule}{surprise}"


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="tools/mutants",
        description="Breaks the cores one way at a time, in a copy of the tree, "
        "and shows which rule of the simulation finds each, and after how many "
        "lives. The exit code is 1 if one survives.")
    parser.add_argument("name", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--list", action="store_true",
                        help="show what there is, and try nothing")
    parser.add_argument("--lives", type=int, default=1500, metavar="N",
                        help="a mutant that so many lives do not find survives "
                        "(default: %(default)s)")
    parser.add_argument("--patience", type=float, default=600, metavar="SECONDS",
                        help="lives that take longer do not end "
                        "(default: %(default)s)")
    options = parser.parse_args(arguments)
    unknown = set(options.name) - {one.name for one in MUTANTS}
    if unknown:
        parser.error(f"no such mutant: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
