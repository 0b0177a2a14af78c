"""The commands of docs/migrate-from-locust-k8s-operator.md, there and back, in
their order, on a cluster as the old operator leaves it."""

import re
import subprocess

import pytest
import yaml

from support.case import Case
from support.job_controller import JobController
from support.objects import OPERATOR_ENVIRONMENT, condition, locust_test, phase
from support.paths import CRD, ROOT
from support.predecessor import Predecessor, its_crd
from support.waiting import wait_for
from support.world import World, install_crd

DOCUMENT = ROOT / "docs/migrate-from-locust-k8s-operator.md"
CONVERSION = {"strategy": "Webhook", "webhook": {
    "conversionReviewVersions": ["v1"], "clientConfig": {"service": {
        "namespace": "locust-system", "name": "locust-operator-webhook",
        "path": "/convert"}}}}


class Reader:
    """Someone who types what the document says."""

    def __init__(self, kubeconfig, folder):
        self._kubeconfig = kubeconfig
        self._folder = folder
        (folder / "deploy").symlink_to(ROOT / "deploy")
        self._variables = self._commands("Before")[0]

    def follow(self, section, replace=()):
        """Runs the commands of a section; returns what they printed."""
        said = ""
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
            said += done.stdout
        return said

    def _commands(self, section):
        """The blocks of a section that are marked as shell."""
        [text] = [part for part in re.split("(?m)^## ", DOCUMENT.read_text())
                  if part.startswith(section + "\n")]
        blocks = re.findall("(?ms)^ *```sh\n(.*?)^ *```$", text)
        assert blocks, section
        return [re.sub("(?m)^ +", "", block) for block in blocks]


@pytest.fixture(scope="module")
def world(plane, tmp_path_factory):
    made = World(plane.kubeconfig, plane.audit_log,
                 tmp_path_factory.mktemp("operator"))
    yield made
    made.close()
    # As others expect it.
    made.api.patch("CustomResourceDefinition", None, "locusttests.locust.io",
                   {"spec": {"conversion": {"strategy": "None",
                                            "webhook": None}}})
    install_crd(made.api, made.kubectl)


@pytest.fixture
def reader(world, tmp_path):
    return Reader(world.api.kubeconfig, tmp_path)


def install_the_old_one(world):
    """What counts of it; its program is not there."""
    api = world.api
    crd = its_crd(yaml.safe_load(CRD.read_text()))
    crd["spec"]["conversion"] = CONVERSION
    world.kubectl.run("replace", "-f", "-", stdin=crd)
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


def test_there_and_back_and_there_again(world, reader):
    install_the_old_one(world)
    case = Case(world, "migration")
    case.jobs = JobController(case.api, case.namespace)
    before = Predecessor(case.api, case.namespace, OPERATOR_ENVIRONMENT)
    test = before.create(locust_test("checkout", workers=2))
    before.make(test)
    case.jobs.run_pod(case.jobs.make_pod("checkout-master"))
    case.jobs.set_active("checkout-master", ready=1)
    case.jobs.set_active("checkout-worker", 2, ready=2)
    left = before.running(test)
    before.over(before.create(locust_test("nightly")), "Succeeded")
    jobs = uids(case)

    assert "POD_CPU_REQUEST=250m" in reader.follow("Before")
    said = reader.follow("Switch")
    assert "locust-operator-validating" in said
    # Nobody converts; v1 fails, v2 does not need it.
    path = f"/apis/locust.io/%s/namespaces/{case.namespace}/locusttests"
    wait_for("v1 is refused and v2 is served", lambda: [
        world.api.exchange("GET", path % version)[0]
        for version in ("v1", "v2")], lambda codes: codes == [429, 200])
    world.operator.start()
    wait_for("it is taken over", lambda: case.get("LocustTest", "checkout"),
             lambda t: "history" in t["status"])
    lines = reader.follow("Check").splitlines()
    assert (f"{case.namespace}/checkout Running: Migrated a run without a "
            "history; its Service and Jobs were created at "
            + left["status"]["startTime"]) in lines
    assert f"{case.namespace}/nightly Succeeded: " in lines
    world.api.create(locust_test("ours"), case.namespace)
    mine = case.first_test(lambda t: condition(t, "Ready").get("status")
                           == "True", "ours", timeout=15).object
    jobs = {**uids(case), **jobs}
    world.operator.stop()

    reader.follow("Back", replace=[("kubectl patch lotest NAME",
                                    f"kubectl -n {case.namespace} patch "
                                    "lotest nightly")])
    assert world.api.get("CustomResourceDefinition", None,
                         "locusttests.locust.io")["spec"]["conversion"][
        "strategy"] == "Webhook"
    assert world.api.get("Deployment", "locust-system", "locust-operator")[
        "spec"]["replicas"] == 1
    assert "finalizers" not in case.get("LocustTest", "nightly")["metadata"]
    there = wait_for("the history is not shown any more",
                     lambda: case.get("LocustTest", "ours"),
                     lambda t: "history" not in t["status"])
    for key in ("phase", "startTime", "expectedWorkers", "conditions",
                "observedGeneration"):
        assert there["status"][key] == mine["status"][key], key
    # All exist, so it calls it Running.
    there = before.accept(there)
    before.say(there, {**there["status"], "phase": "Running"})

    reader.follow("Switch")
    mark = world.audit.now()
    world.operator.start()
    for name in ("checkout", "ours"):
        again = wait_for("it is taken over again",
                         lambda: case.get("LocustTest", name),
                         lambda t: "history" in t["status"])
        assert again["status"]["history"][0]["kind"] == "TakenOver"
        case.jobs.set_active(f"{name}-master")
        case.jobs.complete(f"{name}-master")
        case.wait_for_phase("Succeeded", name, timeout=15)
    assert phase(case.get("LocustTest", "nightly")) == "Succeeded"
    assert uids(case) == jobs
    assert [w for w in world.audit.writes(case.namespace, mark)
            if w[1] in ("jobs", "services", "locusttests")] == []
    reader.follow("Afterwards")
    assert not world.api.list("Secret", "locust-system", "owner=helm")
    assert not world.api.get("Deployment", "locust-system", "locust-operator")
    case.close()


def uids(case):
    return {name: job["metadata"]["uid"]
            for name, job in case.present("Job").items()}
