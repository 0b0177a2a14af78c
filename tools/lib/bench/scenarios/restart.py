"""The operator starts while there are many tests."""

import re
import time
from collections import Counter

from ..api import writes_in
from ..arena import Arena
from ..processes import memory_mib, wait_until_calm
from ..table import Row

TITLE = "a restart with {finished:,} finished and {running:,} running tests"
SIZES = {"finished": 1000, "running": 200}
HAS_FLOOR = False
ROWS = [
    Row("until a new test has both Jobs", "works_after", "s", 2, at_most=3),
    Row("until all lists are complete", "lists_after", "s", 2),
    Row("until all tests are led and nothing more is done", "calm_after", "s"),
    Row("operator CPU", "cpu", "s", 2, at_most=1),
    Row("creations of children", "children", "", 0, at_most=0),
    Row("status writes", "status_writes", "", 0, at_most=0),
    Row("writes of LocustTests", "test_writes", "", 0, at_most=0),
    Row("writes of Events", "event_writes", "", 0, at_most=0),
    Row("resident memory before", "before_mib", "MiB"),
    Row("resident memory after", "after_mib", "MiB"),
    Row("... without files", "anonymous_mib", "MiB"),
    Row("... at the peak", "peak_mib", "MiB"),
]
_NAMESPACE = "restart"
_ANNOUNCED_AGAIN_SECONDS = 60  # announce_again_within of the operator
_PATIENCE_SECONDS = 3600  # 10,000 tests on a busy machine


def run(arena: Arena, finished: int,
        running: int) -> tuple[dict[str, float], list[float]]:
    arena.api.create_namespace(_NAMESPACE)
    arena.start_operator()
    played = arena.play("population", _NAMESPACE, finished=finished,
                        count=finished + running,
                        patience=_PATIENCE_SECONDS)["tests"]
    # Events of the last minute before a start may not have been published, so the
    # operator publishes them again. Hardly any restart comes so soon after so much.
    time.sleep(_ANNOUNCED_AGAIN_SECONDS)
    arena.calm_down()
    numbers = {"not_ready": float(unsettled(played, finished)),
               "before_mib": memory_mib(arena.operator.pid)}
    arena.operator.stop()
    before = arena.api.counters()
    begun = time.monotonic()
    arena.operator.start()
    numbers["works_after"] = arena.prove_it_works("first")
    numbers["calm_after"] = wait_until_calm(arena.operator.pid) - begun
    numbers |= lists_complete(arena.operator.log.read_text())
    started, cpu = arena.api.counters(), arena.operator_cpu()
    pid = arena.operator.pid
    numbers |= {"after_mib": memory_mib(pid), "peak_mib": memory_mib(pid, "VmHWM"),
                "anonymous_mib": memory_mib(pid, "RssAnon")}
    # The same once more tells how much of it was due to the new test.
    arena.prove_it_works("second")
    arena.calm_down()
    numbers["cpu"] = cpu - (arena.operator_cpu() - cpu)
    numbers |= due_to_the_start(before, started, arena.api.counters())
    return numbers, []


def lists_complete(log: str) -> dict[str, float]:
    """When the last start had all lists; nothing if the log of that operator does not
    tell."""
    found = re.findall(r"all lists are complete after (\d+) ms", log)
    return {"lists_after": int(found[-1]) / 1000} if found else {}


def unsettled(tests: list[dict], finished: int) -> int:
    """How many tests did not get as far as they should."""
    return (sum(one["ended"] is None for one in tests[:finished])
            + sum(one["ready"] is None for one in tests[finished:]))


def due_to_the_start(before: Counter, started: Counter,
                     after: Counter) -> dict[str, float]:
    """The writes until `started` without those of one new test, of which there was
    another one until `after`."""
    first, second = (writes_in({key: late[key] - early[key] for key in late})
                     for early, late in ((before, started), (started, after)))
    return {name: float(first[name] - second[name]) for name in first}
