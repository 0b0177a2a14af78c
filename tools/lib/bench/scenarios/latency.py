"""One test at a time, while nothing else happens."""

from ..arena import Arena
from ..measure import percentile
from ..table import Row

TITLE = "{tests:,} tests one after the other, until both Jobs exist"
SIZES = {"tests": 100}
HAS_FLOOR = True
ROWS = [
    Row("until both Jobs exist, p50", "p50_ms", "ms", at_most=2.2,
        of_floor=True),
    Row("until both Jobs exist, p99", "p99_ms", "ms", at_most=3,
        of_floor=True),
    Row("of it, the creation of the LocustTest, p50", "creation_ms", "ms"),
]
_NAMESPACE = "latency"


def run(arena: Arena, tests: int) -> tuple[dict[str, float], list[float]]:
    arena.api.create_namespace(_NAMESPACE)
    arena.start_operator()
    played = arena.play("latency", _NAMESPACE, count=tests)["tests"]
    return summary(played, arena.competitor.is_floor), []


def summary(tests: list[dict], is_floor: bool) -> dict[str, float]:
    """The floor is the creation of three objects alone. An operator needs the
    LocustTest first, so its time begins with the creation of that."""
    begin = "begun" if is_floor else "asked"
    done = [one for one in tests if one["lastJob"] is not None]
    found = {"not_ready": float(len(tests) - len(done))}
    if done:
        times = [(one["lastJob"] - one[begin]) * 1000 for one in done]
        found |= {"p50_ms": percentile(times, 50),
                  "p99_ms": percentile(times, 99),
                  "creation_ms": percentile(
                      [(one["created"] - one["asked"]) * 1000 for one in done],
                      50)}
    return found
