"""What surrounds the operator in a cluster is restarted, rotated and updated while
twenty tests run."""

import json
import os
import re
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from support.faulty_proxy import FaultyProxy
from support.kubeconfig import edited_kubeconfig
from support.many_runs import ManyRuns
from support.metrics_page import PLAIN, scrape, value
from support.objects import OPERATOR_ENVIRONMENT
from support.operator_process import Operator
from support.testbed import Testbed, install_crd
from support.waiting import wait_for

TESTS = 20
ENDED_WITHIN = 120.0  # seconds after the last disturbance
CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/locusttests.locust.io"


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory):
    made = Testbed(plane.kubeconfig, plane.audit_log, tmp_path_factory.mktemp("rolling"))
    yield made
    made.close()


class Rolling:
    def __init__(self, testbed, plane, folder, title):
        self.testbed, self.plane, self.folder = testbed, plane, folder
        self.api = testbed.api
        self.runs = ManyRuns(testbed, title, TESTS, title, created_within=4.0, longest=8.0)
        self.operator = None

    def start(self, kubeconfig=None):
        self.operator = Operator(kubeconfig or self.plane.kubeconfig,
                                 self.folder / "operator.log", OPERATOR_ENVIRONMENT,
                                 [f"--watch-namespaces={self.runs.namespace}", *PLAIN])
        self.operator.start()
        self.runs.start()

    def end(self):
        self.runs.wait_for_ends(ENDED_WITHIN)
        assert self.operator.runs, self.operator.tail()
        assert self.runs.problems() == []

    def close(self):
        if self.operator:
            self.operator.close()
        self.runs.close()


@pytest.fixture
def rolling(testbed, plane, tmp_path, request):
    made = Rolling(testbed, plane, tmp_path, request.node.name.removeprefix("test_"))
    yield made
    made.close()


def test_the_api_server_is_restarted(rolling):
    rolling.start()
    for _ in range(3):
        time.sleep(3)
        rolling.plane.restart("kube-apiserver")
    rolling.end()


def test_etcd_forgets_what_the_operator_has_not_seen(rolling):
    """The operator is frozen; when it goes on, the versions that it knows are gone."""
    rolling.start()
    time.sleep(3)
    os.kill(rolling.operator.pid, signal.SIGSTOP)
    try:
        time.sleep(5)
        version = rolling.api.call("GET", "/api/v1/namespaces")["metadata"]["resourceVersion"]
        compact(rolling.plane, version)
        rolling.plane.restart("kube-apiserver")
    finally:
        os.kill(rolling.operator.pid, signal.SIGCONT)
    wait_for("a watch has expired (410)", lambda: value(
        scrape(rolling.operator), "locust_operator_watch_restarts_total", reason="expired"),
        timeout=60)
    rolling.end()


def compact(plane, version):
    """Removes all older versions from etcd, whose address the API server was given."""
    folder = str(plane.kubeconfig.parent).encode()
    command = next(one for one in commands() if folder in one and b"--etcd-servers=" in one)
    servers = re.search(rb"--etcd-servers=([^\0]+)", command)[1]
    body = json.dumps({"revision": version, "physical": True}).encode()
    with urllib.request.urlopen(f"{servers.decode()}/v3/kv/compaction", body, 30) as answer:
        assert answer.status == 200


def commands():
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield one.read_bytes()
        except OSError:
            pass  # the process has ended


def test_the_crd_is_updated(rolling):
    """Each update ends the watches of LocustTests."""
    rolling.start()
    for n in range(20):
        rolling.api.call("PATCH", CRD, [{
            "op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/description",
            "value": f"Updated {n} times"}], "application/json-patch+json")
        time.sleep(0.5)
    install_crd(rolling.api, rolling.testbed.kubectl)
    rolling.end()


def test_its_token_is_rotated(rolling, tmp_path):
    """Each token is revoked soon after the next one is in the file."""
    namespace = rolling.runs.namespace
    rolling.api.create({"kind": "ServiceAccount", "apiVersion": "v1",
                        "metadata": {"name": "operator"}}, namespace)
    rolling.api.create({
        "kind": "ClusterRoleBinding", "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": {"name": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                    "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "operator", "namespace": namespace}]})
    file = tmp_path / "token"

    def rotate(n):
        file.write_text(bound_token(rolling.api, namespace, f"token-{n}"))
        if n > 0:
            rolling.api.delete("Secret", namespace, f"token-{n - 1}")

    def with_file(_, user):
        user.clear()
        user["tokenFile"] = str(file)

    rotate(0)
    rolling.start(edited_kubeconfig(rolling.plane.kubeconfig, tmp_path / "kubeconfig",
                                    with_file))
    for n in range(1, 5):
        time.sleep(3)
        rotate(n)
    rolling.end()


def bound_token(api, namespace, secret):
    """A token of the account `operator` that is valid as long as this Secret exists."""
    made = api.create({"kind": "Secret", "apiVersion": "v1",
                       "metadata": {"name": secret}}, namespace)
    return api.call(
        "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/operator/token",
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {
            "boundObjectRef": {"apiVersion": "v1", "kind": "Secret", "name": secret,
                               "uid": made["metadata"]["uid"]}}})["status"]["token"]


def test_a_new_process_meets_an_api_server_whose_watches_are_late(rolling, tmp_path):
    proxy = FaultyProxy(rolling.api, tmp_path / "proxy", 1)
    try:
        rolling.start(proxy.kubeconfig)
        for _ in range(3):
            time.sleep(2)
            rolling.operator.kill()
            proxy.held = True
            rolling.operator.start(wait=False)
            time.sleep(4)
            proxy.held = False
        rolling.end()
    finally:
        proxy.close()


def test_the_memory_of_an_operator_is_flat_over_restarts_of_the_api_server(rolling):
    rolling.start()
    rolling.end()
    before = rolling.operator.resident_bytes("RssAnon")
    for _ in range(3):
        rolling.plane.restart("kube-apiserver")
        wait_for("it watches again", lambda: rolling.operator.probe("/readyz")[0],
                 lambda status: status == 200, timeout=60)
        time.sleep(1)
    grown = rolling.operator.resident_bytes("RssAnon") - before
    print(f"{grown / (1 << 20):.2f} MiB in 3 restarts")
    assert grown < 4 << 20
