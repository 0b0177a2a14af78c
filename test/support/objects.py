"""Builds the objects that tests apply."""

import copy

from .paths import LOCUSTFILES

LOCUST_IMAGE = "docker.io/locustio/locust:local"
EXPORTER_IMAGE = "docker.io/locust-operator/exporter-stand-in:local"
SRC = "/lotest/src"

# For the operator: images that exist on the node, and requests that let about twenty
# pods run on two cores.
OPERATOR_ENVIRONMENT = {
    "METRICS_EXPORTER_IMAGE": EXPORTER_IMAGE,
    "METRICS_EXPORTER_IMAGE_PULL_POLICY": "IfNotPresent",
    "METRICS_EXPORTER_CPU_REQUEST": "1m",
    "METRICS_EXPORTER_MEM_REQUEST": "8Mi",
    "POD_CPU_REQUEST": "10m",
    "POD_MEM_REQUEST": "64Mi",
    "POD_CPU_LIMIT": "2",
    # The tests run on the node, or have masters that the API server cannot reach.
    "MASTER_ACCESS": "direct",
}


def locust_test(name="t", workers=1, **changes):
    """A minimal LocustTest. Keyword arguments are fields of the spec, with `__`
    instead of a dot: `master__autostart=False`."""
    body = {
        "apiVersion": "locust.io/v2", "kind": "LocustTest",
        "metadata": {"name": name},
        "spec": {
            "image": LOCUST_IMAGE,
            "master": {"command": "-f a.py"},
            "worker": {"command": "-f a.py", "replicas": workers},
        },
    }
    return changed(body, **{f"spec__{k}": v for k, v in changes.items()})


def real_test(target, name="t", workers=1, users=2, seconds=4,
              file="locustfile.py", extra="", **changes):
    """A LocustTest that sends requests to `target` for `seconds`, with a locustfile
    of `locustfiles_map()`."""
    seed = f"-f {SRC}/{file} --host {target}"
    return locust_test(name, workers, **{
        "master__command": f"{seed} --users {users} --spawn-rate {users} "
                           f"--run-time {seconds}s {extra}",
        "worker__command": seed,
        "master__autoquit": {"enabled": True, "timeout": 1},
        "testFiles__configMapRef": "locustfiles",
        **changes})


def locustfiles_map():
    return {"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "locustfiles"},
            "data": {file.name: file.read_text()
                     for file in sorted(LOCUSTFILES.glob("*.py"))}}


def changed(body, **changes):
    """A copy with changed fields; None removes a field."""
    body = copy.deepcopy(body)
    for path, value in changes.items():
        node = body
        *folders, last = path.split("__")
        for folder in folders:
            node = node.setdefault(folder, {})
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    return body


def condition(test, kind):
    """A condition of a LocustTest, or {} if it does not have it."""
    found = (test or {}).get("status", {}).get("conditions", [])
    return next((c for c in found if c["type"] == kind), {})


def phase(test):
    return (test or {}).get("status", {}).get("phase")


def is_over(test):
    return phase(test) in ("Succeeded", "Failed")
