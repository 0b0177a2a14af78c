"""Checks whether the programs of a cluster are ready."""

import http.client
import json
import ssl
import time

from ..shared.progress import Failure
from . import processes
from .state import Cluster

_TIMEOUT_SECONDS = 90  # on an idle machine it takes less than a second


def wait(cluster: Cluster, program: str, holds, what: str = "") -> None:
    """Waits until holds() is true. Raises Failure if `program` ends first."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while not holds():
        if processes.pid_of(cluster.pid_file(program)) is None:
            raise Failure(f"{program} ended", log=cluster.log(program))
        if time.monotonic() > deadline:
            raise Failure(f"{what or program} was not ready after "
                          f"{_TIMEOUT_SECONDS} s", log=cluster.log(program))
        time.sleep(0.05)


def has(cluster: Cluster, path: str) -> bool:
    """Whether the API server returns 200 for a path."""
    return get(cluster, path) is not None


def get(cluster: Cluster, path: str) -> bytes | None:
    """The response of the API server to its administrator; None on errors."""
    context = ssl.create_default_context(cafile=cluster.pki / "ca.crt")
    context.load_cert_chain(cluster.pki / "admin.crt",
                            cluster.pki / "admin.key")
    return _get(http.client.HTTPSConnection(
        cluster.host_address, cluster.ports["apiserver"], timeout=5,
        context=context), path)


def answers(address: str, port: int, path: str) -> bool:
    """Whether an HTTP server returns 200 for a path."""
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
