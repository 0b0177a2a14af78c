"""Which requests the API server sends because of deploy/webhook.

A stand-in for the operator answers and records the requests. Needs KUBECONFIG like
test_crd.py.
"""

import json
import os
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import webhooks
from support.api import Api, Refused, path_of
from support.objects import changed, locust_test
from support.waiting import wait_for
from test_crd import crd, kubectl, namespace, pytestmark  # noqa: F401 (fixtures, mark)

V1 = "/apis/locust.io/v1/namespaces/{}/locusttests"
ADMISSION, CONVERSION = "/validate-locust-io-v2-locusttest", "/convert"
REFUSED = "an image that the stand-in refuses"


class StandIn:
    """Rejects one image; converts only required fields."""

    def __init__(self, folder):
        self.certificate, self.asked = folder / "tls.crt", []
        key = folder / "tls.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate, key)
        self._server, self.port = None, 0
        self.start()

    def start(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = outer.answer(self.path.partition("?")[0], review.pop("request"))
                body = json.dumps({**review, "response": answer}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        """New connections fail; the API server closes open ones."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path, request):
        self.asked.append((path, request))
        if path == CONVERSION:
            return {"uid": request["uid"], "result": {"status": "Success"},
                    "convertedObjects": [converted(one, request["desiredAPIVersion"])
                                         for one in request["objects"]]}
        allowed = request["object"].get("spec", {}).get("image") != REFUSED
        return {"uid": request["uid"], "allowed": allowed,
                "status": {"code": 200 if allowed else 403, "message": "the stand-in says no"}}

    def reviews(self):
        return [request for path, request in self.asked if path == ADMISSION]


def converted(body, version):
    """Converts any LocustTest, because one failure would make v1 unreadable."""
    spec = body.get("spec", {})
    if version == "locust.io/v2":
        spec = {"image": spec["image"], "master": {"command": spec["masterCommandSeed"]},
                "worker": {"command": spec["workerCommandSeed"],
                           "replicas": spec["workerReplicas"]}}
    else:
        master, worker = spec.get("master", {}), spec.get("worker", {})
        spec = {"image": spec.get("image"), "masterCommandSeed": master.get("command"),
                "workerCommandSeed": worker.get("command"),
                "workerReplicas": worker.get("replicas")}
    return {**body, "apiVersion": version, "spec": spec}


@pytest.fixture(scope="module")
def api(crd):
    return Api(os.environ["KUBECONFIG"])


@pytest.fixture(scope="module")
def stand_in(api, namespace, tmp_path_factory):
    made = StandIn(tmp_path_factory.mktemp("stand-in"))
    try:
        webhooks.install(api, f"https://127.0.0.1:{made.port}", made.certificate.read_bytes())
        wait_for("the API server calls the stand-in for admission and conversion", lambda: (
            dry_run(api, namespace, refused()) == 403
            and api.exchange("POST", V1.format(namespace) + "?dryRun=All", v1_test())[0] == 201
            and {path for path, _ in made.asked} == {ADMISSION, CONVERSION}))
        yield made
    finally:
        webhooks.remove(api)
        made.stop()
    wait_for("the API server does not call the stand-in any more",
             lambda: dry_run(api, namespace, refused()) == 201)


def refused():
    return locust_test(name="refused", image=REFUSED)


def v1_test(name="first"):
    return {"apiVersion": "locust.io/v1", "kind": "LocustTest", "metadata": {"name": name},
            "spec": {"image": "i", "masterCommandSeed": "m", "workerCommandSeed": "w"}}


def dry_run(api, namespace, body):
    return api.exchange("POST", path_of("LocustTest", namespace) + "?dryRun=All", body)[0]


@pytest.fixture
def fresh(stand_in):
    """The stand-in without recorded requests."""
    stand_in.asked.clear()
    return stand_in


@pytest.fixture
def test(api, namespace, stand_in):
    """A stored LocustTest with a finalizer."""
    name = f"t-{time.time_ns()}"
    api.create(changed(locust_test(name), metadata__finalizers=["locust.io/cleanup"]), namespace)
    stand_in.asked.clear()
    return name


def test_the_manifests_are_accepted_unchanged(namespace):
    """Runs first, before the URL of the stand-in replaces the Service."""
    for body in webhooks.MANIFESTS:
        place = {"namespace": namespace} if "namespace" in body["metadata"] else {}
        body = changed(body, metadata={"name": namespace, **place})
        kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=body)
    patched = kubectl("patch", "crd", "locusttests.locust.io", "--type", "merge", "--patch-file",
                      webhooks.WEBHOOKS / "crd-conversion.yaml", "--dry-run=server", "-o", "json")
    assert json.loads(patched.stdout)["spec"]["conversion"]["strategy"] == "Webhook"


def test_a_new_object_is_reviewed(api, namespace, fresh):
    api.create(locust_test("new"), namespace)
    [review] = fresh.reviews()
    assert (review["operation"], review["object"]["apiVersion"]) == ("CREATE", "locust.io/v2")


def test_an_edit_is_reviewed(api, namespace, test, stand_in):
    api.patch("LocustTest", namespace, test, {"spec": {"worker": {"replicas": 2}}})
    [review] = stand_in.reviews()
    assert review["operation"] == "UPDATE"
    assert review["oldObject"]["spec"]["worker"]["replicas"] == 1


def test_a_refusal_is_reported(api, namespace, fresh):
    with pytest.raises(Refused, match="the stand-in says no") as error:
        api.create(refused(), namespace)
    assert error.value.status == 403
    assert "vlocusttest.kb.io" in str(error.value)


def test_v1_is_reviewed_as_sent_and_converted(api, namespace, fresh):
    after = api.call("POST", V1.format(namespace), v1_test())
    assert after["spec"]["workerReplicas"] == 1
    [review] = fresh.reviews()
    assert review["object"]["apiVersion"] == "locust.io/v1"
    assert api.get("LocustTest", namespace, "first")["spec"]["master"]["command"] == "m"
    # The API server fills its cache of a version at the first request.
    _, listed = wait_for("v1 can be listed", lambda: api.exchange("GET", V1.format(namespace)),
                         lambda answer: answer[0] != 429, timeout=30)
    assert {item["apiVersion"] for item in listed["items"]} == {"locust.io/v1"}


def leave_the_spec_alone(api, namespace, test):
    api.patch("LocustTest", namespace, test, {"status": {"phase": "Running"}}, "status")
    api.patch("LocustTest", namespace, test, {"metadata": {"labels": {"a": "b"}}})
    api.delete("LocustTest", namespace, test)
    api.patch("LocustTest", namespace, test, {"metadata": {"finalizers": []}})
    assert api.get("LocustTest", namespace, test) is None


def test_status_labels_and_deletion_are_not_reviewed(api, namespace, test, stand_in):
    leave_the_spec_alone(api, namespace, test)
    assert not stand_in.reviews()


def test_without_an_operator_deletion_works_and_creation_fails(
        api, namespace, test, stand_in):
    stand_in.stop()
    try:
        leave_the_spec_alone(api, namespace, test)
        assert dry_run(api, namespace, locust_test("new")) == 500
    finally:
        stand_in.start()


def test_an_applied_crd_keeps_its_conversion(api, stand_in):
    """An update of the CRD keeps the patch."""
    for words in (["apply", "-f"], ["apply", "--server-side", "--force-conflicts", "-f"]):
        kubectl(*words, webhooks.WEBHOOKS.parent / "crd")
        assert api.get(*webhooks.CRD)["spec"]["conversion"]["strategy"] == "Webhook"
