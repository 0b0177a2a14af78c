"""Pods and Jobs that do not belong to any LocustTest."""

import json

from .. import templates
from ..arena import Arena
from ..processes import memory_mib
from ..table import Row

TITLE = "{foreign:,} pods and as many Jobs of others"
SIZES = {"foreign": 2000}
HAS_FLOOR = False
ROWS = [
    Row("operator CPU", "cpu", "s", 2, at_most=0.05),
    Row("resident memory before", "before_mib", "MiB"),
    Row("growth of resident memory", "growth_mib", "MiB", at_most=0.5),
]
_NAMESPACE = "foreign"


def run(arena: Arena, foreign: int) -> tuple[dict[str, float], list[float]]:
    arena.api.create_namespace(_NAMESPACE)
    arena.start_operator()
    pid = arena.operator.pid
    before, cpu = memory_mib(pid), arena.operator_cpu()
    arena.play("objects", _NAMESPACE, count=foreign, children=objects())
    arena.calm_down()
    return {"cpu": arena.operator_cpu() - cpu, "before_mib": before,
            "growth_mib": memory_mib(pid) - before}, []


def objects() -> list[dict[str, str]]:
    """A pod and a Job of the size of ours, without owner and with other labels."""
    pod = json.loads(templates.pods()["workerPod"].replace("@POD@", "@NAME@"))
    del pod["metadata"]["ownerReferences"]
    pod["metadata"]["labels"] = {"app": "shop"}
    job = {"apiVersion": "batch/v1", "kind": "Job",
           "metadata": {"name": "@NAME@", "namespace": "@NAMESPACE@",
                        "labels": {"app": "shop"}},
           "spec": {"template": {
               "metadata": {"labels": {"app": "shop"}}, "spec": pod["spec"]}}}
    return [{"path": "/api/v1/namespaces/@NAMESPACE@/pods",
             "body": json.dumps(pod)},
            {"path": "/apis/batch/v1/namespaces/@NAMESPACE@/jobs",
             "body": json.dumps(job)}]
