"""Two replicas with leader election, webhooks and metrics, as the chart runs them."""

import base64
import contextlib
import http.client
import tempfile
from pathlib import Path

from ...shared.progress import Failure
from .. import certificate
from ..api import wait_for
from ..arena import Arena
from ..processes import Operator, memory_mib, wait_until_calm
from ..table import Row

TITLE = ("two replicas with webhooks and metrics: idle, after {scrapes:,} scrapes, "
         "and with {tests:,} tests")
SIZES = {"tests": 100, "scrapes": 50}
HAS_FLOOR = False
ROWS = [
    Row("resident memory of the leader, idle", "leader_idle_mib", "MiB",
        at_most=16),
    Row("... without files", "leader_idle_anonymous_mib", "MiB"),
    Row("... after the scrapes", "leader_scraped_mib", "MiB", at_most=20),
    Row("... with all tests, scraped as often", "leader_full_mib", "MiB"),
    Row("resident memory of the follower, idle", "follower_idle_mib", "MiB",
        at_most=16),
    Row("... without files", "follower_idle_anonymous_mib", "MiB"),
    Row("... after the scrapes", "follower_scraped_mib", "MiB", at_most=20),
    Row("... with all tests, scraped as often", "follower_full_mib", "MiB"),
    Row("CPU per scrape", "scrape_ms", "ms", 2),
]
_NAMESPACE = "replicas"
_CONFIGURATIONS = ("/apis/admissionregistration.k8s.io/v1"
                   "/validatingwebhookconfigurations")
_FLAGS = ("--leader-elect --leader-elect-namespace=default --enable-webhooks "
          "--webhook-bind-address=127.0.0.1:0 --webhook-cert-path={} "
          "--metrics-bind-address=127.0.0.1:0 --metrics-secure=false")


def run(arena: Arena, tests: int,
        scrapes: int) -> tuple[dict[str, float], list[float]]:
    arena.api.create_namespace(_NAMESPACE)
    with _replicas(arena) as both:
        numbers = {}
        for name, one in both.items():
            numbers |= {f"{name}_idle_mib": memory_mib(one.pid),
                        f"{name}_idle_anonymous_mib": memory_mib(one.pid,
                                                                 "RssAnon")}
        cpu = arena.operator_cpu()
        for name, one in both.items():
            _scrape(one, scrapes)
            numbers[f"{name}_scraped_mib"] = memory_mib(one.pid)
        numbers["scrape_ms"] = (arena.operator_cpu() - cpu) / scrapes * 1000
        played = arena.play("burst", _NAMESPACE, count=tests)["tests"]
        for name, one in both.items():
            _scrape(one, scrapes)
            wait_until_calm(one.pid)
            numbers[f"{name}_full_mib"] = memory_mib(one.pid)
    numbers["not_ready"] = float(sum(one["ready"] is None for one in played))
    return numbers, []


@contextlib.contextmanager
def _replicas(arena: Arena):
    """Yields the leader and the follower, which both validate and are calm."""
    both = {"leader": arena.operator, "follower": arena.another_operator()}
    with tempfile.TemporaryDirectory(prefix="locust-operator-bench-") as folder:
        pair = certificate.make(Path(folder))
        try:
            for name, sign in (("leader", "leading; "),
                               ("follower", "ready: all lists")):
                both[name].start(_FLAGS.format(folder))
                _line(both[name], sign)
            for name, one in both.items():
                arena.api.call("POST", _CONFIGURATIONS, configuration(
                    name, _port(one, "webhooks"), pair[0].read_bytes()))
            arena.prove_it_works("probe")
            for one in both.values():
                wait_until_calm(one.pid)
            yield both
        finally:
            # Without the replicas, nothing could be created any more.
            arena.api.delete_all(_CONFIGURATIONS)
            both["follower"].stop()


def configuration(name: str, port: int, authority: bytes) -> dict:
    """A replica validates every new test."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": f"bench-{name}"},
        "webhooks": [{
            "name": "vlocusttest.kb.io",
            "clientConfig": {
                "url": f"https://127.0.0.1:{port}"
                       "/validate-locust-io-v2-locusttest",
                "caBundle": base64.b64encode(authority).decode()},
            "rules": [{"apiGroups": ["locust.io"], "apiVersions": ["v2"],
                       "operations": ["CREATE"], "resources": ["locusttests"]}],
            "failurePolicy": "Fail", "sideEffects": "None",
            "admissionReviewVersions": ["v1"]}]}


def _line(of: Operator, words: str) -> str:
    """Waits until its log has a line with these words."""
    found: list[str] = []

    def is_there() -> bool:
        of.check()
        found[:] = [line for line in of.log.read_text().splitlines()
                    if words in line]
        return bool(found)

    wait_for(f"{of.log} has a line with '{words}'", is_there)
    return found[0]


def _port(of: Operator, server: str) -> int:
    return int(_line(of, f"serving {server} at ").rpartition(":")[2])


def _scrape(one: Operator, times: int) -> None:
    port = _port(one, "metrics")
    for _ in range(times):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        if answer.status != 200 or not answer.read():
            raise Failure(f"no metrics: {answer.status}")
        connection.close()
