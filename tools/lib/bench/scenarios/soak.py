"""Tests come, run, end and are deleted for a long time. Nothing may grow or stay."""

import statistics
import time
from collections import Counter
from pathlib import Path

from ..api import tests_in, wait_for, writes_in
from ..arena import Arena
from ..processes import memory_mib
from ..table import Row
from .restart import unsettled

TITLE = ("rounds of {tests:,} tests for {minutes:,} min, half of which end before all "
         "are deleted")
SIZES = {"minutes": 60, "tests": 300}
HAS_FLOOR = False
ROWS = [
    Row("tests in all", "lives", "", 0),
    Row("tests per minute", "per_minute", "", 0),
    Row("operator CPU per test", "cpu_ms", "ms", 2),
    Row("... last third against second third", "cpu_growth", "x", 2, at_most=1.25),
    Row("status writes per test", "status_writes", "", 2),
    Row("memory without files, second third", "first_mib", "MiB"),
    Row("memory without files, last third", "last_mib", "MiB"),
    Row("... growth", "memory_growth", "x", 2, at_most=1.1),
    Row("file descriptors, first round", "first_files", "", 0),
    Row("file descriptors, last round", "last_files", "", 0),
    Row("threads, first round", "first_threads", "", 0),
    Row("threads, last round", "last_threads", "", 0),
    Row("tests that did not get as far as they should", "not_ready", "", 0, at_most=0),
]
_NAMESPACE = "soak"
_COLLECTIONS = (f"/apis/batch/v1/namespaces/{_NAMESPACE}/jobs",
                f"/api/v1/namespaces/{_NAMESPACE}/services")
_COLLECTED_WITHIN_SECONDS = 120
_LEAST_ROUNDS = 3


def run(arena: Arena, minutes: int, tests: int) -> tuple[dict[str, float], list[float]]:
    arena.api.create_namespace(_NAMESPACE)
    arena.start_operator()
    begun = time.monotonic()
    before = arena.api.counters()
    rounds = []
    while len(rounds) < _LEAST_ROUNDS or time.monotonic() - begun < minutes * 60:
        rounds.append(_round(arena, tests))
    after = arena.api.counters()
    after.subtract(before)
    return summary(rounds, tests, time.monotonic() - begun, after), []


def _round(arena: Arena, tests: int) -> dict[str, float]:
    cpu = arena.operator_cpu()
    played = arena.play("population", _NAMESPACE, count=tests,
                        finished=tests // 2)["tests"]
    arena.api.delete_all(tests_in(_NAMESPACE))
    wait_for("the garbage collector has deleted all children",
             lambda: not any(map(arena.api.count, _COLLECTIONS)),
             _COLLECTED_WITHIN_SECONDS)
    arena.calm_down()
    pid = arena.operator.pid
    return {"not_ready": float(unsettled(played, tests // 2)),
            "cpu": arena.operator_cpu() - cpu,
            "mib": memory_mib(pid, "RssAnon"),
            "files": float(len(list(Path(f"/proc/{pid}/fd").iterdir()))),
            "threads": float(len(list(Path(f"/proc/{pid}/task").iterdir())))}


def summary(rounds: list[dict], tests: int, seconds: float,
            answered: Counter) -> dict[str, float]:
    """Of all rounds. In the first third caches of a fixed size fill, such as that of
    recent Events."""
    third = len(rounds) // 3

    def medians(name: str) -> tuple[float, float]:
        return (statistics.median(one[name] for one in rounds[third:-third]),
                statistics.median(one[name] for one in rounds[-third:]))

    (first_mib, last_mib), (first_cpu, last_cpu) = medians("mib"), medians("cpu")
    lives = tests * len(rounds)
    return {"lives": float(lives), "per_minute": lives / seconds * 60,
            "cpu_ms": sum(one["cpu"] for one in rounds) / lives * 1000,
            "cpu_growth": last_cpu / first_cpu,
            "status_writes": writes_in(answered)["status_writes"] / lives,
            "first_mib": first_mib, "last_mib": last_mib,
            "memory_growth": last_mib / first_mib,
            "not_ready": sum(one["not_ready"] for one in rounds)} | {
                f"{which}_{name}": rounds[at][name]
                for which, at in (("first", 0), ("last", -1))
                for name in ("files", "threads")}
