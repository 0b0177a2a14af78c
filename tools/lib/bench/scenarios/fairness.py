"""One namespace in which everything is slow, beside another one."""

from ..arena import Arena
from ..measure import ratio
from ..slow_webhook import LABEL, slow_creations
from ..table import Row
from . import burst

TITLE = ("{tests:,} tests at once, alone and beside {slow:,} tests of a "
         "namespace whose admission webhook takes 5 s")
SIZES = {"tests": 100, "slow": 200}
HAS_FLOOR = False
ROWS = [
    Row("all tests Ready alone after", "alone"),
    Row("all tests Ready beside the slow namespace after", "beside"),
    Row("... compared with alone", "slowdown", "x", 2),
    Row("the median test Ready alone after", "median_alone"),
    Row("the median test Ready beside it after", "median_beside"),
    Row("... compared with alone", "median_slowdown", "x", 2),
    Row("children in the slow namespace at its end", "slow_children", "", 0),
]
_CHILDREN = ("/api/v1/namespaces/{}/services",
             "/apis/batch/v1/namespaces/{}/jobs")
_ALONE, _BESIDE, _SLOW = "alone", "beside", "slow"


def run(arena: Arena, tests: int,
        slow: int) -> tuple[dict[str, float], list[float]]:
    for namespace in (_ALONE, _BESIDE):
        arena.api.create_namespace(namespace)
    arena.api.create_namespace(_SLOW, {LABEL: "true"})
    arena.start_operator()
    alone = burst.summary(arena.play("burst", _ALONE, count=tests)["tests"])
    arena.calm_down()
    with slow_creations(arena.api):
        arena.play("create", _SLOW, count=slow)
        beside = burst.summary(arena.play("burst", _BESIDE, count=tests,
                                          patience=180)["tests"])
        created = sum(arena.api.count(path.format(_SLOW))
                      for path in _CHILDREN)
    return summary(alone, beside) | {"slow_children": float(created)}, []


def summary(alone: dict, beside: dict) -> dict[str, float]:
    found = {"not_ready": alone["not_ready"] + beside["not_ready"],
             "alone": alone.get("all_ready"), "beside": beside.get("all_ready"),
             "median_alone": alone.get("median_ready"),
             "median_beside": beside.get("median_ready")}
    found |= {"slowdown": ratio(found["beside"], found["alone"]),
              "median_slowdown": ratio(found["median_beside"],
                                       found["median_alone"])}
    return {name: value for name, value in found.items() if value is not None}
