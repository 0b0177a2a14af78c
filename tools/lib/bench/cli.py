"""The command line of tools/bench."""

import argparse
import json
import signal
import sys
from pathlib import Path

from ..shared import builds
from ..shared.paths import ROOT
from ..shared.progress import Failure, say, step
from . import chart, machine, player, scenarios
from .arena import arena
from .measure import medians
from .processes import Competitor
from .table import FLOOR, OURS, table

_OTHER = "other"
_WARM_UP = 100
_CRD = ROOT / "deploy/crd/locusttests.locust.io.yaml"
_SIZES = {"tests": "number of LocustTests",
          "finished": "number of finished LocustTests",
          "running": "number of running LocustTests",
          "foreign": "number of pods, and of Jobs, of others",
          "minutes": "how long tests come and go",
          "seconds": "how long to measure running LocustTests",
          "endpoints": "number of endpoints in the answer of a Locust master",
          "scrapes": "how often the metrics of each replica are read",
          "slow": "number of LocustTests in the slow namespace",
          "workers": "number of workers of the test"}
# Nothing uses the probes here, and the default port may be in use.
_FLAGS = "--health-probe-bind-address=127.0.0.1:0"


def main(arguments: list[str]) -> int:
    try:
        return _run(_options(arguments))
    except Failure as failure:
        print(failure.report("tools/bench"), file=sys.stderr)
    except KeyboardInterrupt:
        print("tools/bench: interrupted", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/bench",
        description="Measures the operator. Each round starts a fresh control "
        "plane for each competitor in turn: the floor, a bare client that "
        "only makes the writes that every test needs; this operator; and with "
        "--against another one. The tool plays the users and the Job "
        "controller. It prints a table with the median of all rounds.")
    parser.add_argument("--scenario", nargs="+", metavar="NAME",
                        choices=scenarios.ALL, default=["burst"],
                        help="what to measure (default: burst): "
                        + ", ".join(scenarios.ALL))
    for size, what in _SIZES.items():
        defaults = ", ".join(f"{scenario.SIZES[size]} in {name}"
                             for name, scenario in scenarios.ALL.items()
                             if size in scenario.SIZES)
        parser.add_argument(f"--{size}", type=_count, metavar="N",
                            help=f"{what} (default: {defaults})")
    parser.add_argument("--pods", action="store_true",
                        help="play the pods of the burst, too, and wait until "
                        "all tests are Running; 6 more requests per test")
    parser.add_argument("--rounds", type=_count, default=1, metavar="N",
                        help="how often each competitor is measured "
                        "(default: 1)")
    parser.add_argument("--operator", metavar="CMD",
                        help="command of this operator (default: builds "
                        "preset release)")
    parser.add_argument("--against", metavar="CMD",
                        help="command of another operator, which gets the "
                        "cluster in KUBECONFIG")
    parser.add_argument("--against-crd", type=Path, metavar="FILE",
                        help="the CRD of the other operator (default: the one "
                        "of this tree)")
    parser.add_argument("--json", type=Path, metavar="FILE",
                        help="write all measured numbers to FILE")
    parser.add_argument("--svg", type=Path, metavar="FILE",
                        help="draw how many tests of the burst are Ready over "
                        "time")
    return parser


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.against_crd and not options.against:
        parser.error("--against-crd needs --against")
    if options.against_crd and not options.against_crd.is_file():
        parser.error(f"--against-crd: {options.against_crd} does not exist")
    if options.pods and "burst" not in options.scenario:
        parser.error("--pods needs the scenario burst")
    if options.svg and "burst" not in options.scenario:
        parser.error("--svg needs the scenario burst")
    return options


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a positive number")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    # To remove what was started also when this is terminated.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    competitors = _competitors(options)
    program = player.build()
    results = {"machine": machine.describe(), "scenarios": {}}
    for name in options.scenario:
        measured = _measure(name, options, competitors, program)
        results["scenarios"][name] = measured
        print(_report(name, measured), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if options.svg:
        options.svg.write_text(chart.readiness(
            results["scenarios"]["burst"]["curves"]))
    return 0


def _competitors(options: argparse.Namespace) -> list[Competitor]:
    ours = options.operator
    if not ours:
        with step("building the operator"):
            built = builds.provide("release", "locust-operator")
        ours = f"{built}/actors/locust-operator {_FLAGS}"
    found = [Competitor(FLOOR, crd=_CRD), Competitor(OURS, ours, _CRD)]
    if options.against:
        crd = options.against_crd or _CRD
        found.append(Competitor(_OTHER, options.against, crd.resolve()))
    return found


def _measure(name: str, options, competitors: list[Competitor],
             program: Path) -> dict:
    scenario = scenarios.ALL[name]
    sizes = {size: getattr(options, size) or default
             for size, default in scenario.SIZES.items()}
    if name == "burst":
        sizes["pods"] = options.pods
    competitors = [one for one in competitors
                   if scenario.HAS_FLOOR or not one.is_floor]
    rounds: list[dict] = []
    curves: dict[str, list] = {one.name: [] for one in competitors}
    for number in range(options.rounds):
        rounds.append({})
        for one in competitors:
            say(f"{name}, round {number + 1} of {options.rounds}: {one.name}")
            warm_up = min(_WARM_UP, max(sizes.values()))
            with arena(one, program, warm_up) as made:
                numbers, curve = scenario.run(made, **sizes)
            rounds[-1][one.name] = numbers
            curves[one.name].append(curve)
    return {
        "sizes": sizes, "rounds": rounds,
        "medians": {one.name: medians([each[one.name] for each in rounds])
                    for one in competitors},
        "curves": {one: chart.typical(drawn) for one, drawn in curves.items()
                   if any(drawn)},
    }


def _report(name: str, measured: dict) -> str:
    scenario = scenarios.ALL[name]
    title = scenario.TITLE.format(**measured["sizes"])
    count = len(measured["rounds"])
    of = "one round" if count == 1 else f"median of {count} rounds"
    lines = [f"{name}: {title} ({of})",
             table(scenario.ROWS, measured["medians"])]
    lines += [f"{one}: {round(found['not_ready'])} tests did not become Ready"
              for one, found in measured["medians"].items()
              if found.get("not_ready")]
    return "\n".join(lines) + "\n"
