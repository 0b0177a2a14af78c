"""Running tests end while many others are created."""

from ..arena import Arena
from ..measure import percentile
from ..table import Row

TITLE = ("{running:,} running tests whose master Jobs complete: half at idle, "
         "half while {tests:,} others are created")
SIZES = {"tests": 1000, "running": 200}
HAS_FLOOR = False
ROWS = [
    Row("from the Job to the status at idle, p50", "idle_p50_ms", "ms"),
    Row("from the Job to the status at idle, p99", "idle_p99_ms", "ms"),
    Row("... while others are created, p50", "p50_ms", "ms"),
    Row("... while others are created, p99", "p99_ms", "ms", at_most=250),
    Row("one write of the Job controller meanwhile, p50", "write_p50_ms", "ms"),
    Row("one write of the Job controller meanwhile, p99", "write_p99_ms", "ms"),
    Row("number of samples while others are created", "samples", "", 0),
]
_NAMESPACE = "steady"


def run(arena: Arena, tests: int,
        running: int) -> tuple[dict[str, float], list[float]]:
    for namespace in (_NAMESPACE, f"{_NAMESPACE}-crowd"):
        arena.api.create_namespace(namespace)
    arena.start_operator()
    played = arena.play("steady", _NAMESPACE, count=tests,
                        finished=running)["tests"]
    return summary(played), []


def summary(tests: list[dict]) -> dict[str, float]:
    half = len(tests) // 2
    found = {"not_ready": float(sum(
        one["completed"] is not None and one["ended"] is None
        for one in tests))}
    for prefix, part in (("idle_", tests[:half]), ("", tests[half:])):
        # The watch may report the status before the Job's write is answered.
        times = [max(0.0, one["ended"] - one["completed"]) * 1000
                 for one in part if one["ended"] is not None]
        if times:
            found |= {f"{prefix}p50_ms": percentile(times, 50),
                      f"{prefix}p99_ms": percentile(times, 99),
                      f"{prefix}samples": float(len(times))}
    written = [(one["completed"] - one["completing"]) * 1000
               for one in tests[half:] if one["completed"] is not None]
    if written:
        found |= {"write_p50_ms": percentile(written, 50),
                  "write_p99_ms": percentile(written, 99)}
    return found
