"""Many tests at once."""

import time

from ..api import writes_in
from ..arena import Arena
from ..measure import median
from ..processes import memory_mib
from ..table import Row

TITLE = "{tests:,} tests at once, until all are Ready"
ROWS = [
    Row("all tests Ready after", "all_ready", at_most=1.25, of_floor=True),
    Row("all tests Running after", "all_running"),
    Row("the median test Ready after", "median_ready"),
    Row("... as a share of the burst", "median_share", "", 2, at_most=0.55,
        compared=False),
    Row("the users' own creations took", "creations"),
    Row("... against nobody else's work", "slowdown", "x", 2, at_most=1.3,
        compared=False),
    Row("operator CPU per test", "cpu_ms", "ms", 2, at_most=2.5),
    Row("API server and etcd CPU per test", "server_cpu_ms", "ms", 1),
    Row("player CPU per test", "player_cpu_ms", "ms", 1),
    Row("creations of children per test", "children", "", 2, at_most=3,
        compared=False),
    Row("status writes per test", "status_writes", "", 2, at_most=2,
        compared=False),
    Row("writes of the LocustTest itself per test", "test_writes", "", 2,
        compared=False),
    Row("writes of Events per test", "event_writes", "", 2, at_most=1,
        compared=False),
    Row("resident memory, idle", "idle_mib", "MiB", 1, at_most=12),
    Row("resident memory with all tests", "full_mib", "MiB", 1, at_most=30),
    Row("... without files", "anonymous_mib", "MiB", 1),
    Row("... at the peak", "peak_mib", "MiB", 1),
    Row("cores that strangers used meanwhile", "strangers", "", 2,
        compared=False),
]
SIZES = {"tests": 1000}
HAS_FLOOR = True
_ALONE = "alone"
_NAMESPACE = "burst"


def run(arena: Arena, tests: int, pods: bool) -> tuple[dict[str, float], list[float]]:
    """Returns the numbers, and when each test became Ready."""
    for namespace in (_ALONE, _NAMESPACE):
        arena.api.create_namespace(namespace)
    alone = creations(arena.play("create", _ALONE, count=tests)["tests"])
    arena.api.delete_all(
        f"/apis/locust.io/v2/namespaces/{_ALONE}/locusttests")
    arena.start_operator()
    numbers = {}
    if not arena.competitor.is_floor:
        numbers["idle_mib"] = memory_mib(arena.operator.pid)
    before = arena.api.counters()
    cpu, server_cpu = arena.operator_cpu(), arena.server_cpu()
    player_cpu = arena.player_cpu()
    strangers, begun = arena.strangers_cpu(), time.monotonic()
    played = arena.play("burst", _NAMESPACE, count=tests, pods=pods)["tests"]
    numbers["player_cpu_ms"] = ((arena.player_cpu() - player_cpu) / tests
                                * 1000)
    numbers["strangers"] = ((arena.strangers_cpu() - strangers)
                            / (time.monotonic() - begun))
    arena.calm_down()  # later writes count, too
    numbers |= summary(played, pods)
    numbers["slowdown"] = numbers["creations"] / alone
    numbers["server_cpu_ms"] = (arena.server_cpu() - server_cpu) / tests * 1000
    if not arena.competitor.is_floor:
        pid = arena.operator.pid
        numbers["cpu_ms"] = (arena.operator_cpu() - cpu) / tests * 1000
        numbers["full_mib"] = memory_mib(pid)
        numbers["anonymous_mib"] = memory_mib(pid, "RssAnon")
        numbers["peak_mib"] = memory_mib(pid, "VmHWM")
    answered = arena.api.counters()
    answered.subtract(before)
    numbers |= {name: count / tests
                for name, count in writes_in(answered).items()}
    return numbers, [one["ready"] for one in played if one["ready"]]


def creations(tests: list[dict]) -> float:
    """Seconds until the last creation was answered."""
    return max(one["created"] for one in tests)


def summary(tests: list[dict], pods: bool = False) -> dict[str, float]:
    """The numbers of a burst. Without `all_ready` if a test did not become
    Ready."""
    ready = [one["ready"] for one in tests if one["ready"] is not None]
    running = [one["running"] for one in tests if one["running"] is not None]
    found = {"creations": creations(tests), "not_ready": len(tests) - len(ready)}
    if pods and len(running) == len(tests):
        found["all_running"] = max(running)
    if ready:
        found["median_ready"] = median(ready)
    if len(ready) == len(tests):
        found["all_ready"] = max(ready)
        found["median_share"] = found["median_ready"] / found["all_ready"]
    return found
