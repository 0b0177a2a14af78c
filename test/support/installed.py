"""The operator, installed with its chart."""

from . import charts
from .api import path_of
from .objects import EXPORTER_IMAGE
from .waiting import wait_for

NAMESPACE = "locust-system"
FULLNAME = "locust-operator"
LEASE = "locust-k8s-operator.locust.io"
SECRET = FULLNAME + "-webhook-self-managed"
LEASE_DURATION = 15.0  # seconds; followers retry in this interval:
RETRY_PERIOD = 2.0
SELECTOR = "app.kubernetes.io/name=locust-k8s-operator"
TIMEOUT = 60  # seconds until pods are ready, on a busy machine

# Images that exist on the node, and requests that let the pods of all tests run on
# two cores.
VALUES = {
    "metrics": {"enabled": True},
    "locustPods": {
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"},
                      "limits": {"cpu": "2"}},
        "metricsExporter": {
            "image": EXPORTER_IMAGE,
            "resources": {"requests": {"cpu": "1m", "memory": "8Mi"}}}},
    # Short intervals, to save time in tests.
    "readinessProbe": {"initialDelaySeconds": 0, "periodSeconds": 1},
}


class Installed:
    def __init__(self, api, kubectl):
        self._api = api
        self._kubectl = kubectl

    # -- helm ----------------------------------------------------------------

    def install(self):
        self._api.ensure_namespace(NAMESPACE, {
            "pod-security.kubernetes.io/enforce": "restricted"})
        return self._helm("install")

    def upgrade(self, **values):
        return self._helm("upgrade", **values)

    def rollback(self, revision):
        charts.run("helm", "rollback", charts.RELEASE, revision, "-n",
                   NAMESPACE, "--wait", kubeconfig=self._api.kubeconfig)

    def uninstall(self):
        charts.run("helm", "uninstall", charts.RELEASE, "-n", NAMESPACE,
                   "--wait", kubeconfig=self._api.kubeconfig)

    def _helm(self, command, **values):
        return charts.helm(command, "-n", NAMESPACE, "--wait",
                           f"--timeout={TIMEOUT}s",
                           values={**VALUES, **values},
                           kubeconfig=self._api.kubeconfig)

    # -- objects -------------------------------------------------------------

    def pods(self):
        """The pods that are not being deleted, by name."""
        return {pod["metadata"]["name"]: pod for pod in self._api.list(
                    "Pod", NAMESPACE, SELECTOR)
                if "deletionTimestamp" not in pod["metadata"]}

    def lease(self):
        found = self._api.get("Lease", NAMESPACE, LEASE)
        return found["spec"] if found else {}

    def leader(self):
        """The name of the leader's pod, or None."""
        holder = self.lease().get("holderIdentity") or ""
        return next((name for name in self.pods() if name in holder), None)

    def wait_for_leader(self, other_than=None, timeout=TIMEOUT):
        return wait_for("a pod leads", self.leader,
                        lambda name: name and name != other_than, timeout)

    def wait_for_pods(self, count=2):
        """Waits until `count` pods are ready; returns them."""
        return wait_for(f"{count} pods are ready", self.pods, lambda pods:
                        len(pods) == count and all(map(is_ready, pods.values())),
                        TIMEOUT)

    def evict(self, pod):
        """Evicts a pod like `kubectl drain`; returns the status."""
        return self._api.exchange(
            "POST", path_of("Pod", NAMESPACE, pod, "eviction"),
            {"apiVersion": "policy/v1", "kind": "Eviction",
             "metadata": {"name": pod, "namespace": NAMESPACE}})[0]

    def metrics(self):
        """The metrics, through the Service, as Prometheus gets them."""
        status, page = self._api.exchange(
            "GET", path_of("Service", NAMESPACE,
                           f"{FULLNAME}-metrics:metrics", "proxy/metrics"))
        assert status == 200, page
        return page

    def lines(self):
        """The log lines of all pods."""
        return self._kubectl.run(
            "logs", "-n", NAMESPACE, "-l", SELECTOR, "--tail=-1", "--prefix",
            check=False).stdout.splitlines()


def is_ready(pod):
    return any(one["type"] == "Ready" and one["status"] == "True"
               for one in pod["status"].get("conditions", []))
