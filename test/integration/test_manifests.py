"""The golden manifests on a real API server.

Each is sent as the operator sends it. The response must be what was sent, plus the
fields that the API server adds. Needs KUBECONFIG like test_crd.py; without it, all
tests are skipped.
"""

import copy
import json
import uuid
from pathlib import Path

import pytest

from test_crd import crd, eventually, kubectl, pytestmark  # noqa: F401 (fixture, mark)

GOLDEN = sorted((Path(__file__).resolve().parents[1]
                 / "unit/resource_builder/golden").glob("*.json"))
CHILDREN = ("MasterService", "MasterJob", "WorkerJob")
PATHS = {"Service": "/api/v1/namespaces/{}/services", "Job": "/apis/batch/v1/namespaces/{}/jobs"}
GENERATED_LABELS = ("batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
                    "controller-uid", "job-name")
CANONICAL = {"1000m": "1", "2000m": "2", "+2000m": "2", "0.5": "500m", "0.1": "100m",
             "0.2505": "251m", "100u": "1m", "1024Mi": "1Gi", "1.5Gi": "1536Mi", "0.5Gi": "512Mi",
             "2048Ki": "2Mi"}


@pytest.fixture
def namespace(crd):
    """A namespace for each test, because golden files share names."""
    name = f"manifests-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    # Discovery lists a CRD a moment after it is established.
    eventually("lotest is in discovery", lambda: not kubectl(
        "get", "lotest", "-n", name, check=False).returncode)
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def create_all(golden, namespace):
    """Creates the LocustTest and its children. Returns (as sent, as stored) of each child."""
    golden = json.loads(golden.read_text())
    owner = json.loads(kubectl("create", "-o", "json", "-f", "-", stdin={
        "apiVersion": "locust.io/v2", "kind": "LocustTest", "spec": golden["spec"],
        "metadata": {"name": golden["test"]["name"], "namespace": namespace}}).stdout)
    pairs = {}
    for child in CHILDREN:
        sent = golden[child]
        sent["metadata"]["namespace"] = namespace
        sent["metadata"]["ownerReferences"][0]["uid"] = owner["metadata"]["uid"]
        path = PATHS[sent["kind"]].format(namespace)
        stored = json.loads(kubectl("create", "--raw", path, "-f", "-", stdin=sent).stdout)
        pairs[child] = (sent, stored)
    return pairs


def without_what_differs_each_time(stored):
    stored = copy.deepcopy(stored)
    for key in ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"):
        stored["metadata"].pop(key, None)
    stored.pop("status")
    return stored


def expected_service(sent, stored):
    body = copy.deepcopy(sent)
    body["spec"] |= {"type": "ClusterIP", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
                     "internalTrafficPolicy": "Cluster", "sessionAffinity": "None"}
    body["spec"].setdefault("clusterIP", stored["spec"]["clusterIP"])
    body["spec"]["clusterIPs"] = [body["spec"]["clusterIP"]]
    for port in body["spec"]["ports"]:
        port["targetPort"] = port["port"]
    return body


def expected_job(sent, stored):
    body = copy.deepcopy(sent)
    job_uid, name = stored["metadata"]["uid"], sent["metadata"]["name"]
    labels = body["spec"]["template"]["metadata"]["labels"]
    labels |= dict(zip(GENERATED_LABELS, (job_uid, name, job_uid, name)))
    body["metadata"]["labels"] = labels
    body["spec"] |= {"completionMode": "NonIndexed", "suspend": False, "manualSelector": False,
                     "podReplacementPolicy": "TerminatingOrFailed",
                     "selector": {"matchLabels": {GENERATED_LABELS[0]: job_uid}}}
    default_pod(body["spec"]["template"]["spec"])
    return body


def default_pod(pod):
    pod |= {"dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
            "terminationGracePeriodSeconds": 30}
    for container in pod["containers"] + pod.get("initContainers", []):
        default_container(container)
    for volume in pod.get("volumes", []):
        for source in ("configMap", "secret", "projected"):
            if source in volume:
                volume[source].setdefault("defaultMode", 420)
        if "sizeLimit" in volume.get("emptyDir", {}):
            volume["emptyDir"]["sizeLimit"] = canonical(volume["emptyDir"]["sizeLimit"])


def default_container(container):
    container["terminationMessagePath"] = "/dev/termination-log"
    container.setdefault("terminationMessagePolicy", "File")
    for port in container["ports"]:
        port["protocol"] = "TCP"
    for variable in container["env"]:
        if "fieldRef" in variable.get("valueFrom", {}):
            variable["valueFrom"]["fieldRef"]["apiVersion"] = "v1"
    for amounts in container["resources"].values():
        amounts |= {name: canonical(amount) for name, amount in amounts.items()}


def lines(body):
    """Lines in a fixed order, so that pytest shows only the lines that differ."""
    return json.dumps(body, indent=1, sort_keys=True)


def canonical(amount):
    return CANONICAL.get(str(amount), str(amount))


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_what_is_stored_is_what_was_sent_and_what_the_server_adds(golden, namespace):
    for sent, stored in create_all(golden, namespace).values():
        expected = (expected_service if sent["kind"] == "Service" else expected_job)(sent, stored)
        assert lines(without_what_differs_each_time(stored)) == lines(expected)


def test_jobs_are_selected_by_the_labels_of_their_pods(namespace):
    create_all(next(path for path in GOLDEN if path.stem == "minimal"), namespace)
    for role in ("master", "worker"):
        found = kubectl("get", "jobs", "-n", namespace, "-o", "name",
                        "-l", f"performance-test-pod-name=shop-load-{role}").stdout
        assert found == f"job.batch/shop-load-{role}\n"


def test_the_job_controller_makes_pods_that_the_operator_finds(namespace):
    create_all(next(path for path in GOLDEN if path.stem == "full-example"), namespace)

    def roles():
        pods = json.loads(kubectl("get", "pods", "-n", namespace, "-o", "json",
                                  "-l", "managed-by=locust-k8s-operator").stdout)["items"]
        return sorted(pod["metadata"]["labels"]["performance-test-pod-name"] for pod in pods)

    eventually("one master pod and two worker pods are there", lambda: roles() == [
        "shop-load-master", "shop-load-worker", "shop-load-worker"])
