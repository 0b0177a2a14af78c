"""A small client of the API server, for what happens outside of measurements."""

import base64
import contextlib
import http.client
import json
import re
import ssl
import tempfile
import time
import urllib.parse
from collections import Counter
from pathlib import Path

from ..shared.progress import Failure

_PATIENCE_SECONDS = 120
_WRITES = ("POST", "PUT", "PATCH", "APPLY")
TESTS = "/apis/locust.io/v2/locusttests"


def tests_in(namespace: str) -> str:
    return f"/apis/locust.io/v2/namespaces/{namespace}/locusttests"


class Api:
    def __init__(self, kubeconfig: Path):
        fields = _fields(kubeconfig.read_text())
        self._server = urllib.parse.urlsplit(fields["server"])
        self._tls = ssl.create_default_context(cadata=base64.b64decode(
            fields["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as file:
            for name in ("client-certificate-data", "client-key-data"):
                file.write(base64.b64decode(fields[name]) + b"\n")
            file.flush()
            self._tls.load_cert_chain(file.name)

    def exchange(self, method: str, path: str, body=None,
                 content: str = "application/json") -> tuple[int, str]:
        connection = http.client.HTTPSConnection(
            self._server.hostname, self._server.port, context=self._tls,
            timeout=_PATIENCE_SECONDS)
        try:
            connection.request(method, path, body and json.dumps(body),
                               {"Content-Type": content})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def call(self, method: str, path: str, body=None,
             content: str = "application/json"):
        """Returns the object in the answer. Raises Failure."""
        status, text = self.exchange(method, path, body, content)
        if status >= 400:
            raise Failure(f"the API server refused {method} {path}: {status} "
                          f"{text[:300]}")
        return json.loads(text)

    def create_namespace(self, name: str, labels: dict | None = None) -> None:
        self.call("POST", "/api/v1/namespaces", {
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name, "labels": labels or {}}})
        account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        wait_for(f"{account} exists",  # pods need it
                 lambda: self.exchange("GET", account)[0] == 200)

    def count(self, path: str) -> int:
        listed = self.call("GET", f"{path}?limit=1")
        return (len(listed["items"])
                + listed["metadata"].get("remainingItemCount", 0))

    def delete_all(self, path: str) -> None:
        """Deletes a collection and waits until it is empty. For thousands of objects
        the API server may need more than the minute that it gives a request."""
        def is_empty() -> bool:
            with contextlib.suppress(http.client.HTTPException):
                status, text = self.exchange("DELETE", path, {
                    "apiVersion": "v1", "kind": "DeleteOptions",
                    "propagationPolicy": "Background"})
                if 400 <= status < 500:
                    raise Failure(f"the API server refused DELETE {path}: "
                                  f"{status} {text[:300]}")
            return self.count(path) == 0

        wait_for(f"{path} is empty", is_empty, seconds=600)

    def counters(self) -> Counter:
        """How many requests the API server has answered, by (verb, resource,
        subresource)."""
        status, text = self.exchange("GET", "/metrics")
        if status != 200:
            raise Failure(f"the API server refused /metrics: {status}")
        return counters_in(text)


def counters_in(text: str) -> Counter:
    """Reads apiserver_request_total. Refused requests count, too."""
    found: Counter = Counter()
    for line in text.splitlines():
        if not line.startswith("apiserver_request_total{"):
            continue
        labels = dict(re.findall(r'(\w+)="([^"]*)"', line))
        found[labels["verb"], labels["resource"],
              labels["subresource"]] += round(float(line.rsplit(None, 1)[1]))
    return found


def writes_in(answered: dict) -> dict[str, int]:
    """How often children, status, LocustTests and Events were written, by
    whoever works for a test. Users' creations do not count."""
    def total(verbs, resources, subresource=""):
        return sum(count for (verb, resource, sub), count in answered.items()
                   if verb in verbs and resource in resources
                   and sub == subresource)

    return {"children": total(["POST"], ["services", "jobs"]),
            "status_writes": total(_WRITES, ["locusttests"], "status"),
            "test_writes": total(["PUT", "PATCH", "APPLY"], ["locusttests"]),
            "event_writes": total(_WRITES, ["events"])}


def wait_for(what: str, is_true, seconds: float = _PATIENCE_SECONDS,
             pause: float = 0.1) -> float:
    """Returns the seconds that it took. Raises Failure."""
    begun = time.monotonic()
    while not is_true():
        if time.monotonic() - begun > seconds:
            raise Failure(f"not within {seconds:g} s: {what}")
        time.sleep(pause)
    return time.monotonic() - begun


def _fields(kubeconfig: str) -> dict[str, str]:
    """The scalar fields of a kubeconfig that tools/cluster has written."""
    return dict(re.findall(r"^\s*([\w-]+): (\S+)$", kubeconfig, re.MULTILINE))
