"""A small Kubernetes client. Tests poll often, and each call of kubectl takes 0.1 s
of CPU.
"""

import base64
import http.client
import json
import ssl
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

import yaml

# Path of the collection of each kind that the tests use.
COLLECTIONS = {
    "LocustTest": "/apis/locust.io/v2/{ns}locusttests",
    "Job": "/apis/batch/v1/{ns}jobs",
    "Pod": "/api/v1/{ns}pods",
    "Service": "/api/v1/{ns}services",
    "Event": "/api/v1/{ns}events",
    "ConfigMap": "/api/v1/{ns}configmaps",
    "Secret": "/api/v1/{ns}secrets",
    "ServiceAccount": "/api/v1/{ns}serviceaccounts",
    "ResourceQuota": "/api/v1/{ns}resourcequotas",
    "Namespace": "/api/v1/namespaces",
    "Lease": "/apis/coordination.k8s.io/v1/{ns}leases",
    "Node": "/api/v1/nodes",
    "MutatingAdmissionPolicy": "/apis/admissionregistration.k8s.io/v1"
        "/mutatingadmissionpolicies",
    "MutatingAdmissionPolicyBinding": "/apis/admissionregistration.k8s.io/v1"
        "/mutatingadmissionpolicybindings",
    "CustomResourceDefinition":
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "Deployment": "/apis/apps/v1/{ns}deployments",
    "ValidatingWebhookConfiguration": "/apis/admissionregistration.k8s.io/v1"
        "/validatingwebhookconfigurations",
    "Role": "/apis/rbac.authorization.k8s.io/v1/{ns}roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/{ns}rolebindings",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding":
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
}
MERGE = "application/merge-patch+json"
ANSWER_PATIENCE = 30  # seconds without a byte
REINITIALIZED_WITHIN = 10  # seconds


class Refused(Exception):
    """The API server returned an error."""

    def __init__(self, method, path, status, body):
        self.status = status
        self.body = body
        message = body.get("message") if isinstance(body, dict) else body
        super().__init__(f"{method} {path}: {status} {message}")


def path_of(kind, namespace=None, name=None, subresource=None):
    path = COLLECTIONS[kind].format(
        ns=f"namespaces/{namespace}/" if namespace else "")
    return "/".join(filter(None, [path, name, subresource]))


class Api:
    """A client for one API server and one user. Thread-safe."""

    def __init__(self, kubeconfig):
        self.kubeconfig = Path(kubeconfig)
        config = yaml.safe_load(self.kubeconfig.read_text())
        context = _named(config["contexts"], config["current-context"])
        cluster = _named(config["clusters"], context["context"]["cluster"])
        user = _named(config["users"], context["context"]["user"])["user"]
        self.server = cluster["cluster"]["server"]
        self.host = urllib.parse.urlsplit(self.server)
        self.authority = base64.b64decode(
            cluster["cluster"]["certificate-authority-data"])
        self._tls = ssl.create_default_context(
            cadata=self.authority.decode())
        with tempfile.NamedTemporaryFile() as file:
            for key in ("client-certificate-data", "client-key-data"):
                file.write(base64.b64decode(user[key]) + b"\n")
            file.flush()
            self._tls.load_cert_chain(file.name)
        self._of_thread = threading.local()

    # -- requests ------------------------------------------------------------

    def call(self, method, path, body=None, content="application/json"):
        """Returns the object in the response; raises Refused on 4xx and 5xx."""
        status, answer = self.exchange(method, path, body, content)
        if status >= 400:
            raise Refused(method, path, status, answer)
        return answer

    def exchange(self, method, path, body=None, content="application/json",
                 user=None):
        """Returns status and object for any status. `user` is the user to
        impersonate. Retries on request of the API server, which happens for a
        moment after each change of a CRD."""
        deadline = time.monotonic() + REINITIALIZED_WITHIN
        while True:
            status, answer = self._exchange(method, path, body, content, user)
            if (status != 429 or "(re)initializing" not in str(answer)
                    or time.monotonic() > deadline):
                return status, answer
            time.sleep(0.1)

    def _exchange(self, method, path, body, content, user):
        headers = {"Content-Type": content}
        if user:
            headers["Impersonate-User"] = user
        data = None if body is None else json.dumps(body)
        for attempt in (1, 2):
            connection = self._connection()
            try:
                connection.request(method, path, data, headers)
                response = connection.getresponse()
                text = response.read().decode()
                break
            except (http.client.HTTPException, OSError):
                # The server closes idle connections. A repeated write may be
                # refused because the first one was processed.
                self._of_thread.connection = None
                if attempt == 2:
                    raise
        try:
            return response.status, json.loads(text)
        except json.JSONDecodeError:
            return response.status, text

    def get(self, kind, namespace, name):
        """The object, or None if it does not exist."""
        status, answer = self.exchange("GET", path_of(kind, namespace, name))
        if status == 404:
            return None
        if status >= 400:
            raise Refused("GET", f"{kind} {name}", status, answer)
        return answer

    def list(self, kind, namespace=None, selector=""):
        query = "?" + urllib.parse.urlencode({"labelSelector": selector})
        return self.call("GET", path_of(kind, namespace) + query)["items"]

    def create(self, body, namespace=None):
        return self.call("POST", path_of(body["kind"], namespace), body)

    def ensure_namespace(self, name, labels=None):
        """Creates it, unless another test has created it."""
        body = {"kind": "Namespace", "apiVersion": "v1",
                "metadata": {"name": name, "labels": labels or {}}}
        status, answer = self.exchange("POST", path_of("Namespace"), body)
        if status not in (201, 409):
            raise Refused("POST", f"Namespace {name}", status, answer)

    def patch(self, kind, namespace, name, change, subresource=None):
        """A JSON merge patch."""
        return self.call("PATCH", path_of(kind, namespace, name, subresource),
                         change, MERGE)

    def token_of(self, namespace, account):
        """A token of a service account."""
        return self.call(
            "POST", path_of("ServiceAccount", namespace, account, "token"),
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
             "spec": {}})["status"]["token"]

    def delete(self, kind, namespace, name, **options):
        return self.call("DELETE", path_of(kind, namespace, name),
                         {"kind": "DeleteOptions", "apiVersion": "v1",
                          **options})

    def watch(self, kind, version, opened):
        """Yields (type, object) of a watch of all namespaces, until the server or the
        caller closes the connection. `opened` is called with the connection."""
        query = urllib.parse.urlencode({
            "watch": "true", "resourceVersion": version,
            "timeoutSeconds": 3000})
        connection = self._new_connection(timeout=None)
        try:
            connection.connect()
            opened(connection)
            connection.request("GET", f"{path_of(kind)}?{query}")
            response = connection.getresponse()
            if response.status != 200:
                raise Refused("WATCH", path_of(kind), response.status,
                              response.read().decode())
            while line := response.readline():
                event = json.loads(line)
                yield event["type"], event["object"]
        finally:
            connection.close()

    # -- connections ---------------------------------------------------------

    def _connection(self):
        if getattr(self._of_thread, "connection", None) is None:
            self._of_thread.connection = self._new_connection(ANSWER_PATIENCE)
        return self._of_thread.connection

    def _new_connection(self, timeout):
        return http.client.HTTPSConnection(
            self.host.hostname, self.host.port, timeout=timeout,
            context=self._tls)


def _named(entries, name):
    return next(entry for entry in entries if entry["name"] == name)
