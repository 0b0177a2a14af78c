"""Running tests whose Locust masters answer, against the same tests while the
operator asks no master."""

import time
from datetime import UTC, datetime

from .. import templates
from ..api import tests_in, wait_for, writes_in
from ..arena import Arena
from ..masters import Masters, masters
from ..measure import percentile, ratio
from ..processes import memory_mib
from ..table import Row

TITLE = ("{running:,} running tests whose masters answer with {endpoints:,} "
         "endpoints, for {seconds:,} s, and {tests:,} that begin and end meanwhile")
SIZES = {"running": 200, "tests": 40, "seconds": 60, "endpoints": 10}
HAS_FLOOR = False
ROWS = [
    Row("samples per second", "samples_per_s", "", 1),
    Row("operator CPU per sample", "sample_ms", "ms", 2),
    Row("operator CPU, in cores", "cores", "", 3),
    Row("... while it asks no master", "off_cores", "", 3),
    # The default of --live-status-qps; what was not used for a second may follow.
    Row("status writes per second", "writes", "", 2, at_most=5.1),
    Row("... while it asks no master", "off_writes", "", 2),
    Row("age of the oldest figures", "oldest", "s"),
    Row("tests with figures", "with_figures", "", 0),
    Row("resident memory, idle", "idle_mib", "MiB"),
    Row("... with all tests", "full_mib", "MiB"),
    Row("... with all tests while it asks no master", "off_full_mib", "MiB"),
    Row("memory per test", "test_kib", "KiB"),
    Row("... while it asks no master", "off_test_kib", "KiB"),
    Row("from the creation to Running, p50", "begin_p50_ms", "ms"),
    Row("from the creation to Running, p99", "begin_p99_ms", "ms"),
    Row("... p50, compared with asking no master", "begin_slowdown", "x", 2,
        at_most=1.25),
    Row("from the Job to the end, p50", "end_p50_ms", "ms"),
    Row("from the Job to the end, p99", "end_p99_ms", "ms"),
    Row("... p50, compared with asking no master", "end_slowdown", "x", 2,
        at_most=1.25),
]
_FIGURES_PER_SECOND = 5  # the default of --live-status-qps
# After the start of all tests, for their other first writes.
_SETTLING_SECONDS = 10
_PATIENCE_SECONDS = 900
_COLLECTIONS = ("/apis/batch/v1/namespaces/{}/jobs", "/api/v1/namespaces/{}/pods")


def run(arena: Arena, running: int, tests: int, seconds: int,
        endpoints: int) -> tuple[dict[str, float], list[float]]:
    with masters(running + tests, endpoints) as asked:
        off = _mode(arena, "off", asked, running, tests, seconds)
        live = _mode(arena, "direct", asked, running, tests, seconds)
    return summary(off, live, running), []


def _mode(arena: Arena, access: str, asked: Masters, running: int, tests: int,
          seconds: int) -> dict[str, float]:
    """`access`: the operator's --master-access."""
    crowd, others = f"live-{access}", f"live-{access}-others"
    for namespace in (crowd, others):
        arena.api.create_namespace(namespace)
    arena.start_operator(f"--master-access={access}")
    numbers = {"idle_mib": memory_mib(arena.operator.pid)}
    test = templates.locust_test(master=f"-f a.py --web-port {asked.port}")
    played = arena.play("running", crowd, count=running, test=test,
                        addresses=asked.addresses[:running])["tests"]
    # The first figures of each test are beyond the budget, and come after Events.
    # Then it takes a while until those of all tests have been written again.
    if access != "off":
        wait_for("all tests have figures",
                 lambda: _figures_in(arena, crowd)["with_figures"] == running,
                 seconds=_PATIENCE_SECONDS, pause=1)
        time.sleep(running / _FIGURES_PER_SECOND)
    time.sleep(_SETTLING_SECONDS)
    before = arena.api.counters()
    begun, cpu, samples = time.monotonic(), arena.operator_cpu(), asked.samples
    time.sleep(seconds)
    answered = arena.api.counters()
    numbers |= {"seconds": time.monotonic() - begun,
                "cpu": arena.operator_cpu() - cpu,
                "samples": float(asked.samples - samples)}
    answered.subtract(before)
    numbers["writes"] = float(writes_in(answered)["status_writes"])
    numbers |= _figures_in(arena, crowd)
    numbers["full_mib"] = memory_mib(arena.operator.pid)
    lives = arena.play("lives", others, count=tests, test=test,
                       addresses=asked.addresses[running:])["tests"]
    numbers |= phases(lives)
    numbers["not_ready"] += sum(one["running"] is None for one in played)
    arena.operator.stop()
    for namespace in (crowd, others):
        arena.api.delete_all(tests_in(namespace))
        for path in _COLLECTIONS:
            arena.api.delete_all(path.format(namespace))
    return numbers


def _figures_in(arena: Arena, namespace: str) -> dict[str, float]:
    return figures(arena.api.call("GET", tests_in(namespace))["items"],
                   datetime.now(UTC))


def figures(tests: list[dict], now: datetime) -> dict[str, float]:
    """How many tests show live figures, and the age of the oldest ones."""
    sampled = [one["status"]["load"]["sampledAt"] for one in tests
               if "load" in one.get("status", {})]
    found = {"with_figures": float(len(sampled))}
    if sampled:
        oldest = min(map(datetime.fromisoformat,
                         (text.replace("Z", "+00:00") for text in sampled)))
        found["oldest"] = (now - oldest).total_seconds()
    return found


def phases(tests: list[dict]) -> dict[str, float]:
    ended = [one for one in tests if one["ended"] is not None]
    found = {"not_ready": float(len(tests) - len(ended))}
    # The watch may report the end before the Job's write is answered.
    spans = {"begin": [one["running"] - one["asked"] for one in ended],
             "end": [max(0.0, one["ended"] - one["completed"])
                     for one in ended]}
    for name, span in spans.items():
        if span:
            found |= {f"{name}_p50_ms": percentile(span, 50) * 1000,
                      f"{name}_p99_ms": percentile(span, 99) * 1000}
    return found


def summary(off: dict, live: dict, running: int) -> dict[str, float]:
    """Of the numbers of both modes, and how they differ."""
    found = {"not_ready": off["not_ready"] + live["not_ready"],
             "samples_per_s": live["samples"] / live["seconds"],
             "sample_ms": ratio((live["cpu"] - off["cpu"]) * 1000,
                                live["samples"])}
    for prefix, mode in (("", live), ("off_", off)):
        found |= {
            f"{prefix}cores": mode["cpu"] / mode["seconds"],
            f"{prefix}writes": mode["writes"] / mode["seconds"],
            f"{prefix}full_mib": mode["full_mib"],
            f"{prefix}test_kib": ((mode["full_mib"] - mode["idle_mib"]) * 1024
                                  / running)}
    for name in ("idle_mib", "oldest", "with_figures", "begin_p50_ms",
                 "begin_p99_ms", "end_p50_ms", "end_p99_ms"):
        found[name] = live.get(name)
    for name in ("begin", "end"):
        found[f"{name}_slowdown"] = ratio(live.get(f"{name}_p50_ms"),
                                          off.get(f"{name}_p50_ms"))
    return {name: value for name, value in found.items() if value is not None}
