"""One test with many workers, which all fail."""

from .. import templates
from ..api import writes_in
from ..arena import Arena
from ..processes import memory_mib
from ..table import Row

TITLE = "one test with {workers:,} worker pods that fail one after the other"
SIZES = {"workers": 500}
HAS_FLOOR = False
ROWS = [
    Row("operator CPU per pod that starts", "start_ms", "ms", 2),
    Row("operator CPU per pod that fails", "failure_ms", "ms", 2, at_most=1),
    Row("status writes per pod that fails", "status_writes", "", 2),
    Row("writes of Events per pod that fails", "event_writes", "", 2),
    Row("resident memory, idle", "idle_mib", "MiB"),
    Row("resident memory with all pods", "full_mib", "MiB"),
]
_NAMESPACE = "workers"


def run(arena: Arena, workers: int) -> tuple[dict[str, float], list[float]]:
    arena.api.create_namespace(_NAMESPACE)
    arena.start_operator()
    pid = arena.operator.pid
    numbers = {"idle_mib": memory_mib(pid)}
    cpu = arena.operator_cpu()
    played = arena.play("workers", _NAMESPACE, count=1, workers=workers,
                        test=templates.locust_test(workers))["tests"]
    arena.calm_down()
    numbers |= {"not_ready": float(sum(one["ready"] is None for one in played)),
                "full_mib": memory_mib(pid)}
    begun, before = arena.operator_cpu(), arena.api.counters()
    arena.play("failures", _NAMESPACE, count=1, workers=workers)
    arena.calm_down()
    numbers["start_ms"] = (begun - cpu) / workers * 1000
    numbers["failure_ms"] = (arena.operator_cpu() - begun) / workers * 1000
    answered = arena.api.counters()
    answered.subtract(before)
    written = writes_in(answered)
    return numbers | {name: written[name] / workers
                      for name in ("status_writes", "event_writes")}, []
