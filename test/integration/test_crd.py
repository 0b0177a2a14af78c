"""The CRD and the samples on a real API server.

Needs KUBECONFIG with the permission to create CRDs, for example that of
`tools/cluster up --control-plane-only`. Without it, all tests are skipped.
"""

import copy
import json
import os
import re
import subprocess
import time
import uuid
from pathlib import Path

import pytest
import yaml

from support.full_status import full_status

ROOT = Path(__file__).resolve().parents[2]
CRD = ROOT / "deploy/crd/locusttests.locust.io.yaml"
SAMPLES = sorted((ROOT / "deploy/samples").glob("*.yaml"))
WARNING = "locust.io/v1 LocustTest is deprecated, migrate to locust.io/v2"

pytestmark = pytest.mark.skipif(
    not os.environ.get("KUBECONFIG"),
    reason="KUBECONFIG is unset: the CRD is not tested on a real API server")


def kubectl(*words, stdin=None, check=True):
    words = [str(word) for word in words]
    if stdin is not None and not isinstance(stdin, str):
        stdin = json.dumps(stdin)
    done = subprocess.run(["kubectl", *words], input=stdin, capture_output=True, text=True,
                          check=False)
    if check:
        assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
    return done


@pytest.fixture(scope="session")
def crd():
    """The CRD from the API server, when it is established."""
    assert "locusttests.locust.io serverside-applied" in kubectl(
        "apply", "--server-side", "--force-conflicts", "-f", CRD).stdout
    # `kubectl wait` fails for a new CRD without conditions.
    eventually("the CRD is established", lambda: condition(read_crd(), "Established") == "True")
    return read_crd()


def read_crd():
    return json.loads(kubectl("get", "-o", "json", "-f", CRD).stdout)


def condition(body, kind):
    return {c["type"]: c["status"] for c in body["status"].get("conditions") or ()}.get(kind)


def eventually(what, holds):
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail(f"not within 10 s: {what}")


@pytest.fixture(scope="session")
def namespace(crd):
    name = f"crd-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    # Discovery lists a CRD a moment after it is established.
    eventually("lotest is in discovery", lambda: not kubectl(
        "get", "lotest", "-n", name, check=False).returncode)
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def locust_test(version="v2", **spec):
    if version == "v2":
        spec = {"image": "locustio/locust:2.46.1", "master": {"command": "-f a.py"},
                "worker": {"command": "-f a.py", "replicas": 2}, **spec}
    return {"apiVersion": f"locust.io/{version}", "kind": "LocustTest",
            "metadata": {"name": f"t-{uuid.uuid4().hex[:8]}"}, "spec": spec}


def v1_test(**spec):
    return locust_test("v1", **{"image": "i", "masterCommandSeed": "m", "workerCommandSeed": "w",
                                **spec})


def create(namespace, body, **options):
    return kubectl("create", "-n", namespace, "-f", "-", "-o", "json", stdin=body, **options)


def stored(namespace, body):
    return json.loads(create(namespace, body).stdout)


def changed(body, path, value):
    """A copy of the object with one field set."""
    body = copy.deepcopy(body)
    node = body
    *folders, last = path.split(".")
    for name in folders:
        node = node.setdefault(name, {})
    if value is None:
        node.pop(last)
    else:
        node[last] = value
    return body


def refusal(namespace, body):
    done = create(namespace, body, check=False)
    assert done.returncode != 0, "accepted"
    return done.stderr


def test_the_crd_is_accepted_as_structural(crd):
    assert condition(crd, "Established") == "True"
    assert condition(crd, "NamesAccepted") == "True"
    assert condition(crd, "NonStructuralSchema") is None
    assert crd["status"]["storedVersions"] == ["v2"]
    assert crd["spec"]["conversion"] == {"strategy": "None"}


def test_plain_apply_works_too(crd):
    done = kubectl("apply", "-f", CRD)
    assert "locusttests.locust.io configured" in done.stdout
    assert kubectl("apply", "-f", CRD).stdout.split()[-1] == "unchanged"


def test_no_field_of_the_file_was_dropped(crd):
    """The stored CRD equals the file, except for fields that the API server sets."""
    written = yaml.safe_load(CRD.read_text())["spec"]
    for before, after in zip(written["versions"], crd["spec"]["versions"]):
        assert after["schema"] == before["schema"]
        assert after["additionalPrinterColumns"] == before["additionalPrinterColumns"]


def test_v2_is_preferred_and_lotest_is_its_short_name(namespace):
    group = json.loads(kubectl("get", "--raw", "/apis/locust.io").stdout)
    assert group["preferredVersion"]["version"] == "v2"
    kinds = json.loads(kubectl("get", "--raw", "/apis/locust.io/v2").stdout)["resources"]
    assert {kind["name"]: kind.get("shortNames") for kind in kinds} == {
        "locusttests": ["lotest"], "locusttests/status": None}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_sample_is_accepted(namespace, sample):
    """Strict validation: a field that the schema would prune is an error."""
    done = kubectl("apply", "-n", namespace, "--validate=strict", "-f", sample)
    assert (WARNING in done.stderr) == (sample.stem == "v1")
    assert "unknown field" not in done.stderr


def test_an_object_without_spec_is_accepted(namespace):
    body = locust_test()
    del body["spec"]
    assert "spec" not in stored(namespace, body)


def test_defaults_are_written(namespace):
    spec = stored(namespace, locust_test(
        testFiles={}, observability={"openTelemetry": {}}, scheduling={},
        env={"secretMounts": [{"name": "s", "mountPath": "/s"}]},
        volumeMounts=[{"name": "v", "mountPath": "/v"}],
        volumes=[{"name": "v", "azureDisk": {"diskName": "d", "diskURI": "u"}}]))["spec"]
    assert spec["imagePullPolicy"] == "IfNotPresent"
    assert spec["master"] == {"command": "-f a.py", "autostart": True}
    assert spec["testFiles"] == {"srcMountPath": "/lotest/src", "libMountPath": "/opt/locust/lib"}
    assert spec["observability"]["openTelemetry"] == {
        "enabled": False, "protocol": "grpc", "insecure": False}
    assert spec["env"]["secretMounts"][0]["readOnly"] is True
    assert spec["volumeMounts"][0]["target"] == "both"
    assert spec["volumes"][0]["azureDisk"] == {
        "diskName": "d", "diskURI": "u", "fsType": "ext4", "readOnly": False}
    assert "runtimeClassName" not in spec["scheduling"]


@pytest.mark.parametrize("written, kept", [
    ({"timeout": 5}, {"enabled": True, "timeout": 5}),
    ({}, {"enabled": True, "timeout": 60}),
    ({"enabled": False, "timeout": 0}, {"enabled": False, "timeout": 0}),
])
def test_autoquit(namespace, written, kept):
    spec = stored(namespace, changed(locust_test(), "spec.master.autoquit", written))["spec"]
    assert spec["master"]["autoquit"] == kept


@pytest.mark.parametrize("path, value, message", [
    ("spec.worker.replicas", 0, "spec.worker.replicas"),
    ("spec.worker.replicas", 501, "spec.worker.replicas"),
    ("spec.worker.replicas", None, "spec.worker.replicas"),
    ("spec.worker.replicas", "2", "spec.worker.replicas"),
    ("spec.image", None, "spec.image"),
    ("spec.master", None, "spec.master"),
    ("spec.master.command", None, "spec.master.command"),
    ("spec.master.autoquit", {"timeout": -1}, "spec.master.autoquit.timeout"),
    ("spec.imagePullPolicy", "Sometimes", "spec.imagePullPolicy"),
    ("spec.scheduling.runtimeClassName", "gVisor_Sandbox", "spec.scheduling.runtimeClassName"),
    ("spec.scheduling.runtimeClassName", "a" * 254, "spec.scheduling.runtimeClassName"),
    ("spec.env.secretMounts", [{"name": "s"}], "spec.env.secretMounts[0].mountPath"),
    ("spec.env.configMapRefs", [{"prefix": "P_"}], "spec.env.configMapRefs[0].name"),
    ("spec.volumes", [{"emptyDir": {}}], "spec.volumes[0].name"),
    ("spec.volumeMounts", [{"name": "v"}], "spec.volumeMounts[0].mountPath"),
    ("spec.volumeMounts", [{"name": "v", "mountPath": "/v", "target": "none"}],
     "spec.volumeMounts[0].target"),
    ("spec.observability.openTelemetry.protocol", "http",
     "spec.observability.openTelemetry.protocol"),
    ("spec.master.resources", {"limits": {"cpu": "many"}}, "spec.master.resources.limits.cpu"),
])
def test_refused_with_the_path(namespace, path, value, message):
    assert message in refusal(namespace, changed(locust_test(), path, value))


@pytest.mark.parametrize("path, value", [
    ("spec.worker.replicas", 1),
    ("spec.worker.replicas", 500),
    ("spec.master.command", ""),
    ("spec.scheduling.runtimeClassName", ""),
    ("spec.scheduling.runtimeClassName", "gvisor.example.com"),
    ("spec.testFiles.srcMountPath", ""),
    ("spec.scheduling.tolerations", [{"operator": "Lt", "key": "k", "effect": "Odd"}]),
    ("spec.security.podSecurityContext", {"seccompProfile": {"type": "Odd"}}),
    ("spec.security.containerSecurityContext", {}),
    ("spec.master.resources", {"limits": {"cpu": 1, "memory": "1.5Gi"},
                               "claims": [{"name": "gpu", "request": "r"}]}),
    ("spec.env.variables", [{"name": "V", "value": ""}, {"name": "F", "valueFrom": {
        "fileKeyRef": {"volumeName": "v", "path": "p", "key": "k", "optional": False}}}]),
    ("spec.volumes", [
        {"name": "c", "ephemeral": {"volumeClaimTemplate": {
            "metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}},
            "spec": {"accessModes": ["ReadWriteOnce"],
                     "resources": {"requests": {"storage": "1Gi"}}}}}},
        {"name": "i", "image": {"reference": "r:1", "pullPolicy": "Always"}},
        {"name": "p", "projected": {"sources": [
            {"clusterTrustBundle": {"name": "n", "path": "p"}},
            {"podCertificate": {"signerName": "s/t", "keyType": "ED25519"}}]}}]),
])
def test_kept_as_written(namespace, path, value):
    """Zero, empty and unusual values are stored as they are."""
    node = stored(namespace, changed(locust_test(), path, value))
    for name in path.split("."):
        node = node[name]
    assert node == value


def test_unknown_fields_are_pruned(namespace):
    body = changed(locust_test(), "spec.worker.gears", 5)
    done = kubectl("create", "-n", namespace, "--validate=ignore", "-f", "-", "-o", "json",
                   stdin=body)
    assert "gears" not in json.loads(done.stdout)["spec"]["worker"]


def write_status(namespace, name, status, **options):
    return kubectl("patch", "lotest", name, "-n", namespace, "--subresource=status",
                   "--type=merge", "-o", "json", "-p", json.dumps({"status": status}), **options)


def test_status_survives_as_written(namespace):
    name = stored(namespace, locust_test())["metadata"]["name"]
    status = full_status()
    after = json.loads(write_status(namespace, name, status).stdout)
    assert after["status"] == status
    assert after["metadata"]["generation"] == 1
    read = json.loads(kubectl("get", "lotest", name, "-n", namespace, "-o", "json").stdout)
    assert read["status"] == status


def test_a_spec_write_leaves_the_status_alone(namespace):
    body = changed(locust_test(), "status", {"phase": "Succeeded"})
    after = stored(namespace, body)
    assert "status" not in after
    name = after["metadata"]["name"]
    done = write_status(namespace, name, {"phase": "Running"})
    assert json.loads(done.stdout)["status"] == {"phase": "Running"}


@pytest.mark.parametrize("path, value", [
    ("phase", "Paused"),
    ("startTime", "yesterday"),
    ("connectedWorkers", "2"),
    ("history", [{"sequence": 0, "time": "2026-01-02T03:04:05Z", "kind": "k", "detail": "d"}]),
    ("history", [{"sequence": 1, "kind": "k", "detail": "d"}]),
    ("history", [{"sequence": 1, "time": "2026-01-02T03:04:05Z", "kind": "k" * 65, "detail": ""}]),
    ("history", full_status()["history"][:1] * 65),
    ("conditions", full_status()["conditions"] * 2),
    ("conditions", [{"type": "Ready", "status": "True"}]),
    ("conditions", [{**full_status()["conditions"][0], "reason": "not a word"}]),
    ("conditions", [{**full_status()["conditions"][0], "message": "m" * 32769}]),
])
def test_a_bad_status_is_refused(namespace, path, value):
    name = stored(namespace, locust_test())["metadata"]["name"]
    done = write_status(namespace, name, {path: value}, check=False)
    assert done.returncode != 0
    assert f"status.{path}" in done.stderr


def table(namespace, resource, name, *options):
    """The rows of the table of kubectl as {column: cell}."""
    head, row = kubectl("get", resource, name, "-n", namespace, *options).stdout.splitlines()
    words = list(re.finditer(r"\S+", head))
    ends = [word.start() for word in words[1:]] + [None]
    return {word.group(): row[word.start():end].strip() for word, end in zip(words, ends)}


def test_columns_of_v2(namespace):
    name = stored(namespace, locust_test())["metadata"]["name"]
    write_status(namespace, name, full_status())
    narrow = table(namespace, "lotest", name)
    columns = ["NAME", "PHASE", "WORKERS", "CONNECTED", "USERS", "RPS", "FAIL%"]
    assert list(narrow) == [*columns, "AGE"]
    assert [narrow[c] for c in columns[1:]] == ["Pending", "2", "0", "10", "12.3", "25"]
    wide = table(namespace, "lotest", name, "-o", "wide")
    assert list(wide) == [*columns, "P95", "RESULT", "IMAGE", "REASON", "AGE"]
    assert list(wide.values())[7:11] == ["61", "RequestsFailed", "locustio/locust:2.46.1",
                                           "TestInProgress"]


def test_v1_is_served_with_a_warning(namespace):
    done = create(namespace, v1_test(workerReplicas=1))
    assert WARNING in done.stderr
    name = json.loads(done.stdout)["metadata"]["name"]
    columns = table(namespace, "locusttests.v1.locust.io", name)
    assert list(columns) == ["NAME", "MASTER_CMD", "WORKER_REPLICA_COUNT", "IMAGE", "AGE"]
    assert columns["IMAGE"] == "i"


@pytest.mark.parametrize("path, value, message", [
    ("spec.workerReplicas", 0, "spec.workerReplicas"),
    ("spec.workerReplicas", 501, "spec.workerReplicas"),
    ("spec.masterCommandSeed", None, "spec.masterCommandSeed"),
    ("spec.workerCommandSeed", None, "spec.workerCommandSeed"),
    ("spec.image", None, "spec.image"),
    ("spec.imagePullPolicy", "Sometimes", "spec.imagePullPolicy"),
    ("spec.tolerations", [{"key": "k", "operator": "Lt", "effect": "NoExecute"}],
     "spec.tolerations[0].operator"),
    ("spec.tolerations", [{"key": "k", "operator": "Exists"}], "spec.tolerations[0].effect"),
])
def test_v1_refused_with_the_path(namespace, path, value, message):
    assert message in refusal(namespace, changed(v1_test(), path, value))


def test_v1_worker_count_may_be_left_out(namespace):
    assert create(namespace, v1_test()).returncode == 0


@pytest.mark.parametrize("path, lines", [
    ("locusttest.spec.master", ["VERSION:    v2", "The Locust master.",
                                "command\t<string> -required-", "autoquit\t<Object>"]),
    ("locusttest.spec.worker.replicas", ["<integer>", "Number of workers."]),
    ("locusttest.spec.volumes.configMap", ["optional\t<boolean>", "configMap represents"]),
    ("locusttest.status.history", ["sequence\t<integer> -required-"]),
])
def test_explain(namespace, path, lines):
    output = kubectl("explain", path).stdout
    for line in lines:
        assert line in output


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_field_is_explained(crd, version):
    """`kubectl explain` prints what the API server publishes; no field lacks it."""
    written = next(v for v in yaml.safe_load(CRD.read_text())["spec"]["versions"]
                   if v["name"] == version)["schema"]["openAPIV3Schema"]["properties"]
    published = json.loads(kubectl("get", "--raw", f"/openapi/v3/apis/locust.io/{version}").stdout)
    kind = published["components"]["schemas"][f"io.locust.{version}.LocustTest"]["properties"]
    for field in ("spec", "status"):
        assert descriptions(kind[field]) == descriptions(written[field])
    lines = kubectl("explain", "locusttest", "--recursive",
                    f"--api-version=locust.io/{version}").stdout.splitlines()
    assert len(lines) > sum(len(descriptions(written[field])) for field in ("spec", "status"))


def descriptions(schema, path=""):
    """{path: description} of all fields."""
    found = {}
    for name, child in schema.get("properties", {}).items():
        found |= {f"{path}.{name}": child["description"], **descriptions(child, f"{path}.{name}")}
    for below in ("items", "additionalProperties"):
        if below in schema:
            found |= descriptions(schema[below], f"{path}{{}}")
    return found
