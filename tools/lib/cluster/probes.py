"""Asks the parts of a cluster whether they are there yet."""

import http.client
import json
import ssl
import time

from ..shared.progress import Failure
from . import processes
from .state import Cluster

_PATIENCE_SECONDS = 90  # a hundred times what it takes on an idle machine


def wait(cluster: Cluster, program: str, is_there, what: str = "") -> None:
    """Waits for is_there(); the program that would make it so must live."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_there():
        if processes.pid_of(cluster.pid_file(program)) is None:
            raise Failure(f"{program} ended", log=cluster.log(program))
        if time.monotonic() > deadline:
            raise Failure(f"{what or program} was not ready after "
                          f"{_PATIENCE_SECONDS} s", log=cluster.log(program))
        time.sleep(0.05)


def has(cluster: Cluster, path: str) -> bool:
    """Whether the API server answers a path with 200."""
    return get(cluster, path) is not None


def get(cluster: Cluster, path: str) -> bytes | None:
    """What the API server answers to its administrator, unless an error."""
    context = ssl.create_default_context(cafile=cluster.pki / "ca.crt")
    context.load_cert_chain(cluster.pki / "admin.crt",
                            cluster.pki / "admin.key")
    return _get(http.client.HTTPSConnection(
        cluster.host_address, cluster.ports["apiserver"], timeout=5,
        context=context), path)


def answers(address: str, port: int, path: str) -> bool:
    """Whether a plain HTTP server answers a path with 200."""
    return _get(http.client.HTTPConnection(address, port, timeout=1),
                path) is not None


def is_node_ready(cluster: Cluster) -> bool:
    node = get(cluster, f"/api/v1/nodes/{cluster.node_name}")
    if node is None:
        return False
    conditions = json.loads(node)["status"].get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True"
               for one in conditions)


def _get(connection: http.client.HTTPConnection, path: str) -> bytes | None:
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        return body if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
