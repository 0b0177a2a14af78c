"""Conversion and admission as clients of a real API server meet them."""

import json
import socket

import pytest
import yaml

from support import webhooks
from support.api import path_of
from support.certificates import MountedSecret, make_certificate
from support.objects import condition, locust_test, phase
from support.paths import SAMPLES
from support.testbed import Testbed
from support.waiting import wait_for

V1 = "/apis/locust.io/v1/namespaces/{}/locusttests"
PLURAL_V1 = "locusttests.v1.locust.io"
WITHOUT_V1 = {
    "master__autoquit": {"enabled": True, "timeout": 0},
    "master__extraArgs": ["--tags", "a b"],
    "worker__resources": {"limits": {"cpu": "1500m"}},
    "testFiles": {"configMapRef": "files", "srcMountPath": "/files"},
    "scheduling": {"runtimeClassName": "", "tolerations": [
        {"key": "load", "operator": "Exists", "effect": "NoExecute",
         "tolerationSeconds": 30}]},
    "env": {"secretMounts": [{"name": "certs", "mountPath": "/certs",
                              "readOnly": False}]},
    "volumes": [{"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}],
    "volumeMounts": [{"name": "data", "mountPath": "/data",
                      "target": "worker"}],
}


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory):
    """An operator whose webhooks are registered."""
    folder = tmp_path_factory.mktemp("webhooks")
    chain, key = make_certificate(folder, "webhooks")
    secret = MountedSecret(folder / "mounted")
    secret.set(chain, key)
    port = free_port()
    made = Testbed(plane.kubeconfig, plane.audit_log, folder, flags=[
        "--enable-webhooks", f"--webhook-bind-address=127.0.0.1:{port}",
        f"--webhook-cert-path={secret.folder}",
        "--health-probe-bind-address=0"],
        environment={"ENABLE_TAINT_TOLERATIONS_CR_INJECTION": "true"})
    try:
        made.operator.start()
        webhooks.install(made.api, f"https://127.0.0.1:{port}", chain.encode())
        wait_for("the API server asks the operator",
                 lambda: is_asked(made.api))
        yield made
    finally:
        webhooks.remove(made.api)
        made.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def is_asked(api):
    old = api.exchange("POST", V1.format("default") + "?dryRun=All", flat())
    new = api.exchange("POST", path_of("LocustTest", "default") +
                       "?dryRun=All", locust_test("q", master__command="'"))
    return (old[0], new[0]) == (201, 403)


def flat(name="t", **spec):
    return {"apiVersion": "locust.io/v1", "kind": "LocustTest",
            "metadata": {"name": name},
            "spec": {"image": "i", "masterCommandSeed": "-f a.py",
                     "workerCommandSeed": "-f a.py", "workerReplicas": 2,
                     **spec}}


def as_v1(case, name="t"):
    return case.api.call("GET", f"{V1.format(case.namespace)}/{name}")


def running(case):
    """A test with many fields that v1 does not have, and with a status."""
    case.create(locust_test(**WITHOUT_V1))
    case.first("Job", "t-worker", lambda _: True)
    return wait_for("all is created", lambda: case.get("LocustTest", "t"),
                    lambda test: condition(test, "Ready").get("status")
                    == "True")


def meaning(test):
    """Everything except fields that change with each write."""
    return {"spec": test["spec"], "status": test["status"],
            "generation": test["metadata"]["generation"],
            "annotations": test["metadata"].get("annotations")}


# -- conversion -------------------------------------------------------------------


def test_a_sample_of_v1_becomes_a_run(case):
    done = case.kubectl.run("apply", "-n", case.namespace, "-f",
                            SAMPLES / "v1.yaml")
    assert "is deprecated, migrate to locust.io/v2" in done.stderr
    sample = next(yaml.safe_load_all((SAMPLES / "v1.yaml").read_text()))
    name = sample["metadata"]["name"]
    case.first("Job", f"{name}-worker", lambda job: job["spec"]["parallelism"]
               == sample["spec"]["workerReplicas"])
    stored = case.get("LocustTest", name)
    assert stored["spec"]["master"]["command"] == \
        sample["spec"]["masterCommandSeed"]
    assert stored["spec"]["master"]["autoquit"] == {"enabled": True,
                                                    "timeout": 60}
    case.wait_for_condition("Ready", "True", "ResourcesCreated", name)
    [row] = case.kubectl.table(PLURAL_V1, "-n", case.namespace)
    assert row["NAME"] == name
    assert row["WORKER_REPLICA_COUNT"] == str(sample["spec"]["workerReplicas"])
    assert row["IMAGE"] == sample["spec"]["image"]


def test_v1_shows_what_it_can_and_the_status(case):
    stored = running(case)
    shown = as_v1(case)
    assert shown["spec"]["masterCommandSeed"] == "-f a.py"
    assert shown["spec"]["configMap"] == "files"
    assert shown["spec"]["tolerations"] == [
        {"key": "load", "operator": "Exists", "effect": "NoExecute"}]
    assert shown["status"] == stored["status"]


def test_a_label_through_v1_loses_nothing(case):
    before = running(case)
    case.kubectl.run("label", PLURAL_V1, "t", "team=a", "-n", case.namespace)
    after = case.get("LocustTest", "t")
    assert after["metadata"]["labels"] == {"team": "a"}
    assert meaning(after) == meaning(before)


def test_an_edit_through_v1_changes_that_and_nothing_else(case):
    before = running(case)
    case.kubectl.run("patch", PLURAL_V1, "t", "-n", case.namespace, "--type",
                     "merge", "-p", json.dumps({"spec": {"workerReplicas": 7}}))
    drifted = wait_for("the edit is seen", lambda: case.get("LocustTest", "t"),
                       lambda test: condition(test, "SpecDrifted"))
    before["spec"]["worker"]["replicas"] = 7
    assert drifted["spec"] == before["spec"]
    assert drifted["status"]["history"][:3] == before["status"]["history"][:3]
    assert case.get("Job", "t-worker")["spec"]["parallelism"] == 1


def test_replacing_the_object_as_v1_keeps_the_status(case):
    before = running(case)
    body = flat(image="other")
    body["metadata"]["resourceVersion"] = as_v1(case)["metadata"][
        "resourceVersion"]
    case.api.call("PUT", f"{V1.format(case.namespace)}/t", body)
    after = case.get("LocustTest", "t")
    assert after["spec"]["image"] == "other"
    assert after["status"]["history"][:3] == before["status"]["history"][:3]
    assert phase(after) == phase(before)


def test_many_tests_are_listed_as_v1_at_once(case):
    for i in range(50):
        case.create(locust_test(f"t{i:02}", **WITHOUT_V1))
    listed = case.api.call("GET", V1.format(case.namespace))["items"]
    assert [one["metadata"]["name"] for one in listed] == \
        [f"t{i:02}" for i in range(50)]
    assert {one["spec"]["configMap"] for one in listed} == {"files"}


# -- admission --------------------------------------------------------------------


def refused(case, method, path, body):
    status, answer = case.api.exchange(method, path, body)
    assert status in (403, 422), answer
    return answer["message"]


def collection(case, suffix=""):
    return path_of("LocustTest", case.namespace) + suffix


def test_all_violations_are_reported_at_once_with_their_paths(case):
    message = refused(case, "POST", collection(case), locust_test(
        master__command="-f 'a.py", worker__command='-f "b.py'))
    for words in ("vlocusttest.kb.io", "spec.master.command",
                  "spec.worker.command"):
        assert words in message
    assert case.get("LocustTest", "t") is None


def test_v1_is_validated_too(case):
    message = refused(case, "POST", V1.format(case.namespace),
                      flat(masterCommandSeed="-f 'a.py"))
    assert "spec.master.command" in message
    assert "in terms of locust.io/v2" in message


def test_an_edit_is_validated_as_a_whole(case):
    case.create(locust_test())
    status, answer = case.api.exchange(
        "PATCH", collection(case, "/t"), {"spec": {"master": {"command": "'"}}},
        "application/merge-patch+json")
    assert status == 403 and "spec.master.command" in answer["message"]
    assert case.get("LocustTest", "t")["spec"]["master"]["command"] == \
        "-f a.py"


def test_an_unusual_spec_is_accepted_with_a_warning(case):
    done = case.kubectl.apply(case.namespace, locust_test(
        master__autostart=False, master__autoquit={"enabled": True},
        master__extraArgs=["--master-port=9999"]))
    assert "Warning: spec.master.autoquit is ignored" in done.stderr
    assert "--master-port" in done.stderr
    assert "created" in done.stdout


def test_no_sample_of_v2_has_a_warning(case):
    for sample in sorted(SAMPLES.glob("*.yaml")):
        if "locust.io/v1" in sample.read_text():
            continue
        done = case.kubectl.run("apply", "--dry-run=server", "-n",
                                case.namespace, "-f", sample)
        odd = [line for line in done.stderr.splitlines()
               if "CR_INJECTION" not in line]  # settings that this operator does not have
        assert not odd, sample.name


def test_a_label_and_a_deletion_need_no_operator(case):
    case.create(locust_test())
    case.wait_for_condition("Ready", "True", "ResourcesCreated")
    case.testbed.operator.stop()
    try:
        case.patch("LocustTest", "t", {"metadata": {"labels": {"a": "b"}}})
        status, answer = case.api.exchange("POST", collection(case),
                                           locust_test("other"))
        assert status == 500 and "vlocusttest.kb.io" in answer["message"]
        case.delete("LocustTest", "t")
        assert case.get("LocustTest", "t") is None
    finally:
        case.testbed.operator.start()
