"""An admission webhook that admits everything, but slowly."""

import base64
import contextlib
import http.server
import json
import ssl
import tempfile
import threading
import time
from pathlib import Path

from . import certificate
from .api import Api

LABEL = "bench-slow"
_SECONDS = 5.0
_TIMEOUT_SECONDS = 30  # the longest that Kubernetes allows
_CONFIGURATIONS = ("/apis/admissionregistration.k8s.io/v1"
                   "/validatingwebhookconfigurations")


@contextlib.contextmanager
def slow_creations(api: Api):
    """Creations of Services and Jobs in namespaces with LABEL take 5 s more."""
    with tempfile.TemporaryDirectory(prefix="locust-operator-bench-") as folder:
        pair = certificate.make(Path(folder))
        server = _Server(("127.0.0.1", 0), _Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*pair)
        server.socket = tls.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            api.call("POST", _CONFIGURATIONS, configuration(
                f"https://127.0.0.1:{server.server_port}/",
                pair[0].read_bytes()))
            yield
        finally:
            server.shutdown()
            server.server_close()


def configuration(url: str, authority: bytes) -> dict:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": LABEL},
        "webhooks": [{
            "name": "slow.bench.locust.io",
            "clientConfig": {"url": url, "caBundle":
                             base64.b64encode(authority).decode()},
            "rules": [
                {"apiGroups": [group], "apiVersions": ["v1"],
                 "operations": ["CREATE"], "resources": [resource]}
                for group, resource in (("", "services"), ("batch", "jobs"))],
            "namespaceSelector": {"matchLabels": {LABEL: "true"}},
            "timeoutSeconds": _TIMEOUT_SECONDS, "failurePolicy": "Fail",
            "sideEffects": "None", "admissionReviewVersions": ["v1"]}]}


def answer(review: dict) -> dict:
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "response": {"uid": review["request"]["uid"], "allowed": True}}


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # the API server opens many connections at once

    def handle_error(self, *_):
        pass  # the API server ends while requests wait


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        review = json.loads(self.rfile.read(size))
        time.sleep(_SECONDS)
        body = json.dumps(answer(review)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
