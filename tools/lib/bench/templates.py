"""What users create, and what the bare client writes: objects of the same size as
those of the operator. `@NAME@`, `@NAMESPACE@` and `@UID@` are filled in by the
player."""

import json

from ..shared.paths import ROOT

_GOLDEN = ROOT / "test/unit/resource_builder/golden/minimal.json"
_COLLECTIONS = {
    "MasterService": "/api/v1/namespaces/@NAMESPACE@/services",
    "MasterJob": "/apis/batch/v1/namespaces/@NAMESPACE@/jobs",
    "WorkerJob": "/apis/batch/v1/namespaces/@NAMESPACE@/jobs",
}
_HASH = "0123456789abcdef"


def locust_test(workers: int = 2, master: str = "-f a.py") -> str:
    return json.dumps({
        "apiVersion": "locust.io/v2", "kind": "LocustTest",
        "metadata": {"name": "@NAME@", "namespace": "@NAMESPACE@"},
        "spec": {"image": "locustio/locust:2.46.1",
                 "master": {"command": master},
                 "worker": {"command": "-f a.py", "replicas": workers}}})


def children() -> list[dict[str, str]]:
    """Path and body of Service, master Job and worker Job, as the operator makes
    them of the least that a LocustTest may contain."""
    golden = json.loads(_GOLDEN.read_text())
    return [{"path": path, "body": json.dumps(_child(golden, kind))}
            for kind, path in _COLLECTIONS.items()]


def status() -> dict[str, str]:
    """The one status write of the bare client, with what the operator writes for a
    test that has all its children."""
    moment = "2026-01-01T00:00:00Z"
    conditions = {
        "Ready": ("True", "ResourcesCreated", "All resources created"),
        "WorkersConnected": ("False", "WaitingForWorkers",
                             "Waiting for workers"),
        "TestCompleted": ("False", "TestInProgress", "The test has not started"),
        "PodsHealthy": ("True", "PodsStarting", "Waiting for pods to start"),
    }
    spec = json.loads(locust_test())["spec"]
    body = {"status": {
        "observedGeneration": 1, "phase": "Running", "expectedWorkers": 2,
        "connectedWorkers": 0, "startTime": moment, "specHash": _HASH,
        "runSpec": json.dumps(spec),
        "conditions": [
            {"type": kind, "status": state, "reason": reason,
             "message": message, "lastTransitionTime": moment,
             "observedGeneration": 1}
            for kind, (state, reason, message) in conditions.items()],
        "history": [
            {"sequence": 1, "kind": "Accepted", "time": moment,
             "detail": "Accepted a run with 2 workers",
             "data": {"specHash": _HASH, "workers": "2"}},
            *({"sequence": 2 + number, "kind": "ChildCreated", "time": moment,
               "detail": f"Created {child} @NAME@",
               "data": {"child": child, "name": "@NAME@", "uid": "@UID@"}}
              for number, child in enumerate(_COLLECTIONS))]}}
    return {"path": "/apis/locust.io/v2/namespaces/@NAMESPACE@/locusttests/"
                    "@NAME@/status",
            "body": json.dumps(body)}


def pods() -> dict[str, str]:
    """The pods of both Jobs. `@UID@` is the one of the Job, `@POD@` a name."""
    golden = json.loads(_GOLDEN.read_text())
    return {name: json.dumps(_pod(_child(golden, kind)))
            for name, kind in (("masterPod", "MasterJob"),
                               ("workerPod", "WorkerJob"))}


def _pod(job: dict) -> dict:
    template = job["spec"]["template"]
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": "@POD@", "namespace": "@NAMESPACE@",
            **template["metadata"],
            "ownerReferences": [{
                "apiVersion": "batch/v1", "kind": "Job", "uid": "@UID@",
                "name": job["metadata"]["name"], "controller": True,
                "blockOwnerDeletion": True}]},
        "spec": {**template["spec"], "automountServiceAccountToken": False}}


def _child(golden: dict, kind: str) -> dict:
    test = golden["test"]
    old = {test["name"]: "@NAME@",
           test["name"].replace(".", "-"): "@NAME@"}
    child = _renamed(golden[kind], old)
    child["metadata"]["namespace"] = "@NAMESPACE@"
    child["metadata"]["ownerReferences"][0]["uid"] = "@UID@"
    return child


def _renamed(part, old: dict[str, str]):
    if isinstance(part, dict):
        return {key: _renamed(value, old) for key, value in part.items()}
    if isinstance(part, list):
        return [_renamed(value, old) for value in part]
    if isinstance(part, str):
        for name, new in old.items():
            part = part.replace(name, new)
    return part
