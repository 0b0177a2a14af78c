"""Runs the commands of docs/migrate-from-locust-k8s-operator.md in their order, in
both directions, on a cluster with objects of the Go operator."""

import re
import subprocess

import pytest
import yaml

from support.case import Case
from support.go_operator import GoOperator, go_operator_crd
from support.job_controller import JobController
from support.objects import OPERATOR_ENVIRONMENT, condition, locust_test, phase
from support.paths import CRD, ROOT
from support.testbed import Testbed, install_crd
from support.waiting import wait_for

DOCUMENT = ROOT / "docs/migrate-from-locust-k8s-operator.md"
CONVERSION = {"strategy": "Webhook", "webhook": {
    "conversionReviewVersions": ["v1"], "clientConfig": {"service": {
        "namespace": "locust-system", "name": "locust-operator-webhook",
        "path": "/convert"}}}}


class Reader:
    """Runs the commands of the document."""

    def __init__(self, kubeconfig, folder):
        self._kubeconfig = kubeconfig
        self._folder = folder
        (folder / "deploy").symlink_to(ROOT / "deploy")
        self._variables = self._commands("Before")[0]

    def follow(self, section, replace=()):
        """Runs the commands of a section; returns their output."""
        output = ""
        for block in self._commands(section):
            for old, new in replace:
                block = block.replace(old, new)
            done = subprocess.run(
                ["bash", "-eu", "-c", self._variables + block],
                cwd=self._folder, text=True, capture_output=True, check=False,
                stdin=subprocess.DEVNULL, timeout=120,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin",
                     "HOME": str(self._folder),
                     "KUBECONFIG": str(self._kubeconfig)})
            assert done.returncode == 0, block + done.stdout + done.stderr
            output += done.stdout
        return output

    def _commands(self, section):
        """The shell blocks of a section."""
        [text] = [part for part in re.split("(?m)^## ", DOCUMENT.read_text())
                  if part.startswith(section + "\n")]
        blocks = re.findall("(?ms)^ *```sh\n(.*?)^ *```$", text)
        assert blocks, section
        return [re.sub("(?m)^ +", "", block) for block in blocks]


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory):
    made = Testbed(plane.kubeconfig, plane.audit_log,
                 tmp_path_factory.mktemp("operator"))
    yield made
    made.close()
    # For the tests that run later.
    made.api.patch("CustomResourceDefinition", None, "locusttests.locust.io",
                   {"spec": {"conversion": {"strategy": "None",
                                            "webhook": None}}})
    install_crd(made.api, made.kubectl)


@pytest.fixture
def reader(testbed, tmp_path):
    return Reader(testbed.api.kubeconfig, tmp_path)


def install_go_operator(testbed):
    """Creates the objects of its installation, without a program."""
    api = testbed.api
    crd = go_operator_crd(yaml.safe_load(CRD.read_text()))
    crd["spec"]["conversion"] = CONVERSION
    testbed.kubectl.run("replace", "-f", "-", stdin=crd)
    api.create({"kind": "Namespace", "apiVersion": "v1",
                "metadata": {"name": "locust-system"}})
    labels = {"app.kubernetes.io/name": "locust-k8s-operator"}
    api.create({
        "kind": "Deployment", "apiVersion": "apps/v1",
        "metadata": {"name": "locust-operator"},
        "spec": {"selector": {"matchLabels": labels}, "template": {
            "metadata": {"labels": labels}, "spec": {"containers": [{
                "name": "locust-operator", "image": "i", "env": [
                    {"name": "POD_CPU_REQUEST", "value": "250m"}]}]}}}},
        "locust-system")
    api.create({"kind": "Secret", "apiVersion": "v1", "metadata": {
        "name": "sh.helm.release.v1.locust-operator.v1",
        "labels": {"owner": "helm", "name": "locust-operator"}}},
        "locust-system")
    api.create({
        "kind": "ValidatingWebhookConfiguration",
        "apiVersion": "admissionregistration.k8s.io/v1",
        "metadata": {"name": "locust-operator-validating"},
        "webhooks": [{
            "name": "vlocusttest.kb.io", "sideEffects": "None",
            "failurePolicy": "Ignore", "admissionReviewVersions": ["v1"],
            "clientConfig": {"service": {"namespace": "locust-system",
                                         "name": "locust-operator-webhook"}},
            "rules": [{"apiGroups": ["locust.io"], "apiVersions": ["v1", "v2"],
                       "resources": ["locusttests"],
                       "operations": ["CREATE", "UPDATE"]}]}]})


def test_migration_in_both_directions(testbed, reader):
    install_go_operator(testbed)
    case = Case(testbed, "migration")
    case.jobs = JobController(case.api, case.namespace)
    go_operator = GoOperator(case.api, case.namespace, OPERATOR_ENVIRONMENT)
    test = go_operator.create(locust_test("checkout", workers=2))
    go_operator.create_children(test)
    case.jobs.run_pod(case.jobs.make_pod("checkout-master"))
    case.jobs.set_active("checkout-master", ready=1)
    case.jobs.set_active("checkout-worker", 2, ready=2)
    left = go_operator.running(test)
    go_operator.finished(go_operator.create(locust_test("nightly")),
                         "Succeeded")
    jobs = uids(case)

    assert "POD_CPU_REQUEST=250m" in reader.follow("Before")
    output = reader.follow("Switch")
    assert "locust-operator-validating" in output
    # There is no converter: v1 fails, v2 works.
    path = f"/apis/locust.io/%s/namespaces/{case.namespace}/locusttests"
    wait_for("v1 is refused and v2 is served", lambda: [
        testbed.api.exchange("GET", path % version)[0]
        for version in ("v1", "v2")], lambda codes: codes == [429, 200])
    testbed.operator.start()
    wait_for("it is migrated", lambda: case.get("LocustTest", "checkout"),
             lambda t: "history" in t["status"])
    lines = reader.follow("Check").splitlines()
    assert (f"{case.namespace}/checkout Running: Migrated a run without a "
            "history; its Service and Jobs were created at "
            + left["status"]["startTime"]) in lines
    assert f"{case.namespace}/nightly Succeeded: " in lines
    testbed.api.create(locust_test("ours"), case.namespace)
    mine = case.first_test(lambda t: condition(t, "Ready").get("status")
                           == "True", "ours", timeout=15).object
    jobs = {**uids(case), **jobs}
    testbed.operator.stop()

    reader.follow("Going back", replace=[
        ("kubectl patch lotest NAME",
         f"kubectl -n {case.namespace} patch lotest nightly")])
    assert testbed.api.get("CustomResourceDefinition", None,
                         "locusttests.locust.io")["spec"]["conversion"][
        "strategy"] == "Webhook"
    assert testbed.api.get("Deployment", "locust-system", "locust-operator")[
        "spec"]["replicas"] == 1
    assert "finalizers" not in case.get("LocustTest", "nightly")["metadata"]
    there = wait_for("the history is not shown any more",
                     lambda: case.get("LocustTest", "ours"),
                     lambda t: "history" not in t["status"])
    for key in ("phase", "startTime", "expectedWorkers", "conditions",
                "observedGeneration"):
        assert there["status"][key] == mine["status"][key], key
    # All children exist, so the Go operator sets Running.
    there = go_operator.accept(there)
    go_operator.write_status(there, {**there["status"], "phase": "Running"})

    reader.follow("Switch")
    mark = testbed.audit.now()
    testbed.operator.start()
    for name in ("checkout", "ours"):
        again = wait_for("it is migrated again",
                         lambda: case.get("LocustTest", name),
                         lambda t: "history" in t["status"])
        assert again["status"]["history"][0]["kind"] == "TakenOver"
        case.jobs.set_active(f"{name}-master")
        case.jobs.complete(f"{name}-master")
        case.wait_for_phase("Succeeded", name, timeout=15)
    assert phase(case.get("LocustTest", "nightly")) == "Succeeded"
    assert uids(case) == jobs
    assert [w for w in testbed.audit.writes(case.namespace, mark)
            if w[1] in ("jobs", "services", "locusttests")
            # The workers of these Jobs never end.
            and w[:2] != ("patch", "jobs")] == []
    reader.follow("Afterwards")
    assert not testbed.api.list("Secret", "locust-system", "owner=helm")
    assert not testbed.api.get("Deployment", "locust-system", "locust-operator")
    case.close()


def uids(case):
    return {name: job["metadata"]["uid"]
            for name, job in case.present("Job").items()}
