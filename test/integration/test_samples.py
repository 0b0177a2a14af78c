"""Every sample is accepted, has the children that it is about, and has the children
that docs/behaviour/children.md prescribes."""

import copy

import pytest
import yaml

from support import expected_children
from support.objects import OPERATOR_ENVIRONMENT, condition
from support.paths import SAMPLES as FOLDER
from support.testbed import Testbed

SAMPLES = {path.stem: path for path in
           sorted(FOLDER.glob("*.yaml"))}

# Settings that scheduling.yaml needs.
ENVIRONMENT = {**OPERATOR_ENVIRONMENT,
               "ENABLE_AFFINITY_CR_INJECTION": "true",
               "ENABLE_TAINT_TOLERATIONS_CR_INJECTION": "true",
               "DEFAULT_RUNTIME_CLASS_NAME": "kata"}

# Needs the conversion webhook; see test_webhooks.py.
V1 = "v1"


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory):
    made = Testbed(plane.kubeconfig, plane.audit_log,
                 tmp_path_factory.mktemp("operator"), ENVIRONMENT)
    made.operator.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def applied(testbed):
    """The LocustTest and the children of each sample, each in its own namespace."""
    found = {}
    for stem in SAMPLES:
        if stem != V1:
            found[stem] = apply(testbed, stem)
    yield found
    for test, _ in found.values():
        meta = test["metadata"]
        testbed.api.delete("LocustTest", meta["namespace"], meta["name"])


def apply(testbed, stem):
    namespace = f"sample-{stem}"
    testbed.api.create({"kind": "Namespace", "apiVersion": "v1",
                      "metadata": {"name": namespace}})
    done = testbed.kubectl.run("apply", "--validate=strict", "-n", namespace,
                             "-f", SAMPLES[stem])
    assert "Warning" not in done.stderr
    [name] = [one["metadata"]["name"] for one in
              yaml.safe_load_all(SAMPLES[stem].read_text())
              if one["kind"] == "LocustTest"]
    test = testbed.seen.first(
        "LocustTest", namespace, name, lambda t: condition(t, "Ready").get(
            "status") == "True", timeout=15, what=f"{stem} is ready").object
    children = {
        child: testbed.api.get(kind, namespace, expected_children.generated_name(
            name, role)) for child, kind, role in (
            ("MasterService", "Service", "master"),
            ("MasterJob", "Job", "master"), ("WorkerJob", "Job", "worker"))}
    return test, children


def pod(children, role):
    return children[f"{role.title()}Job"]["spec"]["template"]["spec"]


def locust(children, role):
    return pod(children, role)["containers"][0]


def mounts(children, role):
    return {m["name"]: m["mountPath"]
            for m in locust(children, role).get("volumeMounts", [])}


# -- the subject of each sample ---------------------------------------------------


ABOUT = {}


def about(stem):
    def register(check):
        ABOUT[stem] = check
        return check
    return register


@about("minimal")
def _(children):
    for role in ("master", "worker"):
        assert "/lotest/src" in mounts(children, role).values()
    assert children["WorkerJob"]["spec"]["parallelism"] == 1


@about("autostart-off")
def _(children):
    args = locust(children, "master")["args"]
    assert not {"--autostart", "--autoquit"} & set(args)


@about("autoquit-off")
def _(children):
    args = locust(children, "master")["args"]
    assert "--autostart" in args and "--autoquit" not in args


@about("extra-arguments")
def _(children):
    args = locust(children, "master")["args"]
    assert args[-4:] == ["--exit-code-on-error", "0", "--loglevel", "DEBUG"]
    assert args[args.index("--html") + 1] == "/tmp/the report.html"
    assert args[args.index("--autoquit") + 1] == "5"
    assert locust(children, "worker")["args"][-2:] == ["--loglevel", "DEBUG"]


@about("labels-and-annotations")
def _(children):
    for role, key in (("Master", "example.com/owner"), (
            "Worker", "cluster-autoscaler.kubernetes.io/safe-to-evict")):
        meta = children[f"{role}Job"]["spec"]["template"]["metadata"]
        assert meta["labels"]["team"] == "performance"
        assert meta["labels"]["sidecar.istio.io/inject"] == "false"
        assert key in meta["annotations"]
        if role == "Master":
            assert meta["annotations"]["prometheus.io/path"] == (
                "/exporter/metrics")


@about("resources")
def _(children):
    assert locust(children, "master")["resources"] == {
        "requests": {"cpu": "250m", "memory": "128Mi"},
        "limits": {"memory": "512Mi"}}
    assert locust(children, "worker")["resources"]["limits"] == {
        "cpu": "1", "memory": "1Gi", "ephemeral-storage": "200Mi"}


@about("environment")
def _(children):
    for role in ("master", "worker"):
        container = locust(children, role)
        assert [sorted(source) for source in container["envFrom"]] == [
            ["configMapRef", "prefix"], ["prefix", "secretRef"]]
        variables = {v["name"]: v for v in container["env"]}
        assert variables["TARGET"]["value"] == "http://shop.example.com"
        assert "secretKeyRef" in variables["TOKEN"]["valueFrom"]
        assert "fieldRef" in variables["NODE"]["valueFrom"]
        assert mounts(children, role)["secret-environment"] == (
            "/etc/credentials")
    assert "$(TARGET)" in locust(children, "master")["args"]


@about("test-files")
def _(children):
    for role in ("master", "worker"):
        assert set(mounts(children, role).values()) == {"/tests/src",
                                                        "/tests/lib"}
        assert {v["configMap"]["name"] for v in pod(children, role)["volumes"]
                } == {"test-files", "test-files-lib"}


@about("volumes")
def _(children):
    assert mounts(children, "master")["reports"] == "/reports"
    assert mounts(children, "master")["scratch"] == "/tmp"
    assert "reports" not in mounts(children, "worker")
    assert [v["name"] for v in pod(children, "worker")["volumes"]][1:] == [
        "scratch"]


@about("scheduling")
def _(children):
    for role in ("master", "worker"):
        spec = pod(children, role)
        assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}
        assert [t["key"] for t in spec["tolerations"]] == ["dedicated"]
        assert sorted(spec["affinity"]) == ["nodeAffinity", "podAntiAffinity"]


@about("runtime-class")
def _(children):
    for role in ("master", "worker"):
        assert pod(children, role)["runtimeClassName"] == "gvisor"


@about("private-image")
def _(children):
    for role in ("master", "worker"):
        assert pod(children, role)["imagePullSecrets"] == [{"name": "registry"}]
        assert locust(children, role)["imagePullPolicy"] == "Always"


@about("security")
def _(children):
    for role in ("master", "worker"):
        assert pod(children, role)["securityContext"]["runAsNonRoot"] is True
        context = locust(children, role)["securityContext"]
        assert context == {"allowPrivilegeEscalation": False,
                           "capabilities": {"drop": ["ALL"]}}


@about("opentelemetry")
def _(children):
    assert "initContainers" not in pod(children, "master")
    assert len(children["MasterService"]["spec"]["ports"]) == 2
    for role in ("master", "worker"):
        assert "--otel" in locust(children, role)["args"]
        variables = {v["name"]: v.get("value")
                     for v in locust(children, role)["env"]}
        assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == (
            "http://otel-collector.monitoring:4317")
        assert variables["OTEL_RESOURCE_ATTRIBUTES"] == "service.name=shop-load"


# -- the tests --------------------------------------------------------------------


def test_every_sample_is_about_something():
    assert set(ABOUT) | {V1} == set(SAMPLES)
    for stem, path in SAMPLES.items():
        text = path.read_text()
        assert text.startswith("# "), stem
        brings_its_files = stem in ("minimal", "test-files")
        assert brings_its_files or "minimal.yaml" in text, stem


@pytest.mark.parametrize("stem", sorted(ABOUT))
def test_the_children_show_what_the_sample_is_about(applied, stem):
    ABOUT[stem](applied[stem][1])


# Quotes are a deliberate difference (docs/behaviour/children.md#command-words).
DIFFERENT = {"extra-arguments": ("MasterJob", ['"/tmp/the', 'report.html"'],
                                 ["/tmp/the report.html"])}


@pytest.mark.parametrize("stem", sorted(ABOUT))
def test_the_children_are_those_of_the_document(testbed, applied, stem):
    test, children = applied[stem]
    expected = expected_children.add_our_own(expected_children.children(test, ENVIRONMENT))
    if stem in DIFFERENT:
        child, theirs, ours = DIFFERENT[stem]
        container = expected[child]["spec"]["template"]["spec"]["containers"][0]
        at = container["args"].index(theirs[0])
        assert container["args"][at:at + len(theirs)] == theirs
        container["args"][at:at + len(theirs)] = ours
    for child, body in expected.items():
        there = children[child]
        # The result of the API server for the same text, from a dry run.
        tried = testbed.api.call("POST", collection(there) + "?dryRun=All", {
            **body, "metadata": {**body["metadata"], "name": "try-out"}})
        assert plain(there) == plain(tried)


def collection(child):
    namespace = child["metadata"]["namespace"]
    return {"Service": f"/api/v1/namespaces/{namespace}/services",
            "Job": f"/apis/batch/v1/namespaces/{namespace}/jobs"}[child["kind"]]


def plain(child):
    """The object without fields that differ each time."""
    spec = copy.deepcopy(child["spec"])
    for key in ("clusterIP", "clusterIPs", "selector"):
        if child["kind"] == "Job" or key != "selector":
            spec.pop(key, None)
    labels = spec.get("template", {}).get("metadata", {}).get("labels", {})
    for key in ("batch.kubernetes.io/controller-uid", "controller-uid",
                "batch.kubernetes.io/job-name", "job-name"):
        labels.pop(key, None)
    return spec


def test_a_v1_sample_is_taken_with_a_warning(testbed):
    namespace = "sample-v1"
    testbed.api.create({"kind": "Namespace", "apiVersion": "v1",
                      "metadata": {"name": namespace}})
    done = testbed.kubectl.run("apply", "--validate=strict", "-n", namespace,
                             "-f", SAMPLES[V1])
    assert "locust.io/v1 LocustTest is deprecated" in done.stderr
