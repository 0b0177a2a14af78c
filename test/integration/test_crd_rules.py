"""What the rules of the CRD reject and accept, without a webhook.

On a real API server; needs KUBECONFIG like test_crd.py.
"""

import json
import os
import re
from pathlib import Path

import pytest

from support.api import Api
from support.objects import changed, locust_test
from test_crd import crd, namespace, pytestmark  # noqa: F401 (fixtures, mark)

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted((ROOT / "test/unit/resource_builder/golden").glob("*.json"))

SECRETS, MOUNTS, VOLUMES = "spec.env.secretMounts", "spec.volumeMounts", "spec.volumes"
ENDPOINT = "spec.observability.openTelemetry.endpoint"
KEPT = ", which the operator uses for test files"
KEY = ("must be 1 to 63 letters, digits, '-', '_' or '.', beginning and ending with a letter "
       "or digit, after an optional prefix (a DNS name) and '/'")
VALUE = ("must be at most 63 letters, digits, '-', '_' or '.', beginning and ending with a "
         "letter or digit")
OBJECT = ("must be a DNS-1123 subdomain: lower case letters, digits, '-' and '.', beginning and "
          "ending with a letter or digit")
VARIABLE = "must consist of printable ASCII characters other than '='"


@pytest.fixture(scope="module")
def api(crd):
    return Api(os.environ["KUBECONFIG"])


def refusals(api, namespace, body):
    """{(path, message)} of a dry run; empty if it is accepted."""
    version = body["apiVersion"]
    status, answer = api.exchange(
        "POST", f"/apis/{version}/namespaces/{namespace}/locusttests?dryRun=All", body)
    if status == 201:
        return set()
    assert status == 422, answer
    return {(cause["field"], re.sub(r"^(\w+ value|Forbidden): ", "", cause["message"]))
            for cause in answer["details"]["causes"]}


def secret(*paths, **changes):
    return {"env__secretMounts": [{"name": f"s{index}", "mountPath": path, **changes}
                                  for index, path in enumerate(paths)]}


def mount(*paths, **changes):
    return {"volumes": [{"name": "v", "emptyDir": {}}],
            "volumeMounts": [{"name": "v", "mountPath": path, **changes} for path in paths]}


def volume(*names, mounted=False):
    made = {"volumes": [{"name": name, "emptyDir": {}} for name in names]}
    if mounted:
        made["volumeMounts"] = [{"name": name, "mountPath": f"/{index}"}
                                for index, name in enumerate(names)]
    return made


def files(**fields):
    return {f"testFiles__{name}": value for name, value in fields.items()}


def conflict(place, path, reserved):
    subject = {SECRETS: "secretMount", MOUNTS: "volumeMount"}[place]
    return (place, f'{subject} path "{path}" conflicts with reserved path "{reserved}"{KEPT}')


SRC, LIB = "/lotest/src", "/opt/locust/lib"

# title: (changes to a minimal spec, what is refused)
RULES = {
    "name: 56 letters": ({"name": "n" * 56}, []),
    "name: 57 letters": ({"name": "n" * 57}, [(
        "metadata.name", f'name "{"n" * 57}" is too long: the names of its Jobs would '
        "exceed 63 characters; the limit is 56")]),
    "secret: inside": (secret(f"{SRC}/keys"), [conflict(SECRETS, f"{SRC}/keys", SRC)]),
    "secret: above": (secret("/opt"), [conflict(SECRETS, "/opt", LIB)]),
    "secret: the same": (secret(LIB), [conflict(SECRETS, LIB, LIB)]),
    "secret: with a slash at the end": (secret(f"{SRC}/"), [conflict(SECRETS, f"{SRC}/", SRC)]),
    "secret: only begins alike": (secret(f"{SRC}2", "/lotest/sr", f"{LIB}rary"), []),
    "secret: the root": (secret("/"), [conflict(SECRETS, "/", SRC), conflict(SECRETS, "/", LIB)]),
    "secret: doubled slashes": (secret("//lotest//src"), [conflict(SECRETS, "//lotest//src", SRC)]),
    "secret: dots": (secret("/lotest/./src/x"), [conflict(SECRETS, "/lotest/./src/x", SRC)]),
    "secret: of several the first": (secret("/ok", SRC, f"{SRC}/x"), [conflict(SECRETS, SRC, SRC)]),
    "secret: test files elsewhere free the default": (
        secret(SRC, LIB) | files(configMapRef="t", srcMountPath="/t"), []),
    "secret: test files elsewhere are kept": (
        secret("/t/x") | files(configMapRef="t", srcMountPath="/t"),
        [conflict(SECRETS, "/t/x", "/t")]),
    "secret: written with slashes": (
        secret("/t") | files(configMapRef="t", srcMountPath="/t/"),
        [conflict(SECRETS, "/t", "/t/")]),
    "secret: only a library": (
        secret(SRC, f"{LIB}/x") | files(libConfigMapRef="l"),
        [conflict(SECRETS, f"{LIB}/x", LIB)]),
    "secret: both": (secret("/s/x", "/l/x") | files(
        configMapRef="t", libConfigMapRef="l", srcMountPath="/s", libMountPath="/l"),
        [conflict(SECRETS, "/s/x", "/s"), conflict(SECRETS, "/l/x", "/l")]),
    "secret: an empty folder is the default": (
        secret(SRC) | files(configMapRef="t", srcMountPath=""), [conflict(SECRETS, SRC, SRC)]),
    "secret: neither map": (
        secret("/s") | files(srcMountPath="/s"), [conflict(SECRETS, "/s", "/s")]),
    "volume: the prefix": (volume("cache", "secret-cache"), [(
        VOLUMES, 'volume name "secret-cache" uses reserved prefix "secret-"')]),
    "volume: the library": (volume("locust-lib"), [(
        VOLUMES, 'volume name "locust-lib" is reserved by the operator')]),
    "volume: generated": ({"name": "a.b", **volume("a-b-master")}, [(
        VOLUMES, 'volume name "a-b-master" conflicts with operator-generated name')]),
    "volume: generated, worker": ({"name": "a", **volume("x", "a-worker")}, [(
        VOLUMES, 'volume name "a-worker" conflicts with operator-generated name')]),
    "volume: not generated": ({"name": "a.b", **volume("a.b-master", "a-b", "secret")}, []),
    "mount: the same": (mount(LIB), [conflict(MOUNTS, LIB, LIB)]),
    "mount: above, for one role": (
        mount("/lotest", target="worker"), [conflict(MOUNTS, "/lotest", SRC)]),
    "mount: elsewhere": (mount("/data") | files(configMapRef="t"), []),
    "undefined volume: an empty list": ({**mount("/x"), "volumes": []}, [(
        MOUNTS, 'volumeMount "v" references undefined volume: spec.volumes does not contain it')]),
    "undefined volume: no volumes": ({"volumeMounts": [{"name": "x", "mountPath": "/x"}]}, [(
        MOUNTS, 'volumeMount "x" references undefined volume: spec.volumes does not contain it')]),
    "endpoint: absent": ({"observability__openTelemetry": {"enabled": True}}, [(
        ENDPOINT, f"{ENDPOINT} is required when OpenTelemetry is enabled")]),
    "endpoint: empty": ({"observability__openTelemetry": {"enabled": True, "endpoint": ""}}, [(
        ENDPOINT, f"{ENDPOINT} is required when OpenTelemetry is enabled")]),
    "endpoint: off": ({"observability__openTelemetry": {"endpoint": ""}}, []),
    "endpoint: on": (
        {"observability__openTelemetry": {"enabled": True, "endpoint": "http://c"}}, []),

    "an empty path": (secret("") | mount(""), [
        (SECRETS, 'secretMount path "" must not be empty'),
        (MOUNTS, 'volumeMount path "" must not be empty')]),
    "empty paths are not the same path": (secret("", ""), [
        (SECRETS, 'secretMount path "" must not be empty')]),
    "a path for two Secrets": (secret("/a", "/b", "/b"), [(
        SECRETS, 'secretMount path "/b" is already used in the same pod by another secretMount')]),
    "a path for two volumes": (mount("/a", "/a"), [(
        MOUNTS, 'volumeMount path "/a" is already used in the same pod by another volumeMount')]),
    "a path in master and both": (
        {**mount("/a", "/a"), "volumeMounts": [{"name": "v", "mountPath": "/a"}, {
            "name": "v", "mountPath": "/a", "target": "master"}]}, [(
                MOUNTS, 'volumeMount path "/a" is already used in the same pod by another '
                "volumeMount")]),
    "a path in master and worker": (
        {**mount(), "volumeMounts": [{"name": "v", "mountPath": "/a", "target": role}
                                     for role in ("master", "worker")]}, []),
    "a path for a Secret and a volume": (secret("/a") | mount("/a"), [(
        MOUNTS, 'volumeMount path "/a" is already used in the same pod by a secretMount')]),
    "a Secret twice": ({"env__secretMounts": [{"name": "s", "mountPath": path}
                                              for path in ("/a", "/b")]}, [(
        SECRETS, 'Secret "s" is mounted twice; use spec.volumes and spec.volumeMounts for a '
        "second path")]),
    "a Secret of 56 letters": (secret("/a", name="s" * 56), []),
    **{f"a Secret named {name}": (secret("/a", name=name), [(
        SECRETS, f'Secret "{name}" must be 1 to 56 lower case letters, digits or \'-\', '
        "beginning and ending with a letter or digit, because a volume is named after it; "
        "use spec.volumes and spec.volumeMounts for other names")])
       for name in ("a.b", "s" * 57, "-a", "a-", "A", "")},
    "a volume with a bad name": (volume("a.b", mounted=True), [(
        VOLUMES, "volume name \"a.b\" must be 1 to 63 lower case letters, digits or '-', "
        "beginning and ending with a letter or digit")]),
    "a volume with a bad name that nothing mounts": (volume("a.b"), []),
    "a volume twice": (volume("a", "a", mounted=True), [(
        VOLUMES, 'volume name "a" is defined twice')]),
    "a volume twice that nothing mounts": (volume("a", "a"), []),

    **{f"{kind} {key} of the {role}": ({f"{role}__{kind}s": {key: "x"}}, [(
        f"spec.{role}.{kind}s", f'{kind} key "{key}" {KEY}')])
       for kind in ("label", "annotation") for role in ("master", "worker")
       for key in ("a b", "-a", "/a", "a/b/c", "", "k" * 64, "p" * 254 + "/a")},
    "a label with capitals in its prefix": ({"master__labels": {"A.b/c": "x"}}, [(
        "spec.master.labels", f'label key "A.b/c" {KEY}')]),
    **{f"label value {value[:9]}": ({"worker__labels": {"ok": "", "k": value}}, [(
        "spec.worker.labels", f'label value "{value}" {VALUE}')])
       for value in ("a b", "-a", "a-", "v" * 64, "ä")},
    "good labels": ({"master__labels": {"k" * 63: "v" * 63, "a.b/C_d.e-f": "", "1": "1"},
                     "master__annotations": {"A.b/c": "any text, of course"}}, []),
    "labels that the operator sets itself": ({"master__labels": {
        "managed-by": "not me", "performance-test-pod-name": "-"}}, []),
    **{f"the Job's label {key}": ({"worker__labels": {key: "x"}}, [(
        "spec.worker.labels", f'label key "{key}" is set by the Job controller, which rejects '
        "any other value")]) for key in (
            "controller-uid", "job-name", "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-name")},
    "the Job's label with its value": (
        {"name": "a.b", "master__labels": {"job-name": "a-b-master"}}, []),
    "a node selector": ({"scheduling__nodeSelector": {"a b": "x", "managed-by": "x y"}}, [
        ("spec.scheduling.nodeSelector", f'label key "a b" {KEY}'),
        ("spec.scheduling.nodeSelector", f'label value "x y" {VALUE}')]),

    "no image": ({"image": ""}, [(
        "spec.image", 'image "" must be an image name without leading or trailing spaces')]),
    **{f"image {image!r}": ({"image": image}, [(
        "spec.image", f'image "{image}" must be an image name without leading or trailing spaces')])
       for image in (" a", "a ", "\ta")},
    # The API server rejects messages with more than one line.
    "image with a line break": ({"image": "a\n"}, [(
        "spec.image", "image must be an image name without leading or trailing spaces")]),
    "an image with odd letters": ({"image": "A b:ä@sha"}, []),
    "ConfigMaps with bad names": (files(configMapRef="A", libConfigMapRef="a_b"), [
        ("spec.testFiles.configMapRef", f'ConfigMap name "A" {OBJECT}'),
        ("spec.testFiles.libConfigMapRef", f'ConfigMap name "a_b" {OBJECT}')]),
    "ConfigMaps with good names": (files(configMapRef="a.b-c", libConfigMapRef=""), []),
    "test files in one place": (
        files(configMapRef="a", libConfigMapRef="b", srcMountPath="/x", libMountPath="/x/"),
        [("spec.testFiles.libMountPath",
          'testFiles path "/x/" is also the mount path of the other test files')]),
    "test files inside each other": (
        files(configMapRef="a", libConfigMapRef="b", srcMountPath="/x", libMountPath="/x/l"), []),
    "sources of variables": ({"env": {
        "configMapRefs": [{"name": "ok", "prefix": ""}, {"name": "A"}],
        "secretRefs": [{"name": "b", "prefix": "C=D"}]}}, [
            ("spec.env.configMapRefs", f'ConfigMap name "A" {OBJECT}'),
            ("spec.env.secretRefs", f'variable prefix "C=D" {VARIABLE}')]),
    "variables": ({"env__variables": [{"name": "a b.c-d"}, {"name": "ä"}]}, [
        ("spec.env.variables", f'variable name "ä" {VARIABLE}')]),
    "a variable of two values": ({"env__variables": [
        {"name": "A", "value": "", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        {"name": "B", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]},
        [("spec.env.variables", 'variable value of "B" must be empty, because valueFrom is set')]),
    **{f"{kind} {request!r} within {limit!r}": ({f"{role}__resources": {
        "requests": {"cpu": "1", kind: request}, "limits": {"memory": "9Gi", kind: limit}}}, [])
       for role, kind, request, limit in (
           ("master", "cpu", "0.1", "100m"), ("worker", "cpu", 1, "1000m"),
           ("master", "memory", "1024Mi", "1Gi"), ("master", "ephemeral-storage", "1e3", 1000),
           ("worker", "memory", "0", "0"))},
    **{f"{kind} {request!r} beyond {limit!r}": ({f"{role}__resources": {
        "requests": {kind: request}, "limits": {"memory": "9Gi", kind: limit}}}, [(
            f"spec.{role}.resources.requests",
            f'request of "{kind}" must not exceed the limit')])
       for role, kind, request, limit in (
           ("master", "cpu", "101m", "0.1"), ("worker", "cpu", 2, 1),
           ("worker", "memory", "1Gi", "1G"), ("master", "ephemeral-storage", 1001, "1e3"))},
    "a request without a limit": ({"master__resources": {
        "requests": {"cpu": "9"}, "limits": {"memory": "1"}}}, []),
    "variables of OpenTelemetry": ({"observability__openTelemetry": {
        "enabled": True, "endpoint": "e", "extraEnvVars": {"A=B": "x"}}}, [
            ("spec.observability.openTelemetry.extraEnvVars", f'variable name "A=B" {VARIABLE}')]),
    "variables of OpenTelemetry, off": ({"observability__openTelemetry": {
        "extraEnvVars": {"A=B": "x"}}}, []),

    "all that is wrong": (
        secret(SRC) | volume("secret-a") | {"observability__openTelemetry": {"enabled": True}}, [
            conflict(SECRETS, SRC, SRC),
            (VOLUMES, 'volume name "secret-a" uses reserved prefix "secret-"'),
            (ENDPOINT, f"{ENDPOINT} is required when OpenTelemetry is enabled")]),
}


@pytest.mark.parametrize("amount", ["-1", "-1Gi", "1e1.5", "1e400", -1, "1 Gi", ""])
def test_a_quantity_that_cannot_be(api, namespace, amount):
    body = locust_test(name="t", master__resources={"limits": {"cpu": amount}})
    assert {path for path, _ in refusals(api, namespace, body)} == {
        "spec.master.resources.limits.cpu"}


@pytest.mark.parametrize("changes, expected", RULES.values(), ids=RULES)
def test_rule(api, namespace, changes, expected):
    body = locust_test(**{"name": "t", **changes})
    assert refusals(api, namespace, body) == set(expected)


def v1(**spec):
    return {"apiVersion": "locust.io/v1", "kind": "LocustTest", "metadata": {"name": "t"},
            "spec": {"image": "i", "masterCommandSeed": "m", "workerCommandSeed": "w", **spec}}


@pytest.mark.parametrize("body, expected", [
    (v1(labels={"master": {"a": "b"}}, annotations={"worker": {"c": "d e"}}), None),
    (changed(v1(), metadata__name="n" * 57), ("metadata.name", "is too long")),
    (v1(labels={"worker": {"a b": "c"}}), ("spec.labels.worker", 'label key "a b" must be')),
    (v1(labels={"master": {"a": "b c"}}), ("spec.labels.master", 'label value "b c" must be')),
    (v1(annotations={"master": {"a b": ""}}),
     ("spec.annotations.master", 'annotation key "a b" must be')),
], ids=["good", "name", "label key", "label value", "annotation key"])
def test_rule_of_v1(api, namespace, body, expected):
    found = refusals(api, namespace, body)
    if expected is None:
        assert not found
    else:
        [(path, message)] = found
        assert path == expected[0] and expected[1] in message


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_what_the_golden_files_run_is_accepted(api, namespace, golden):
    content = json.loads(golden.read_text())
    body = changed(locust_test(name=content["test"]["name"]), spec=content["spec"])
    assert not refusals(api, namespace, body)


def test_a_generated_name_is_validated(api, namespace):
    body = changed(locust_test(), metadata={"generateName": "n" * 60})
    [(path, message)] = refusals(api, namespace, body)
    assert path == "metadata.name" and "is too long" in message


EVERY = range(150)
FOLDERS = [f"/{index}/" + "x" * 300 for index in EVERY]


@pytest.mark.parametrize("changes", [
    {"volumes": [{"name": f"v{index}"} for index in EVERY],
     "volumeMounts": [{"name": f"v{149 - index}", "mountPath": FOLDERS[index]}
                      for index in EVERY]},
    mount(*("/v" + path for path in FOLDERS)) | secret(*("/s" + path for path in FOLDERS)),
    {"master__labels": {f"l{index}": "x" * 63 for index in range(1000)},
     "env__variables": [{"name": f"V{index}" + "X" * 300} for index in range(1000)]},
], ids=["volumes", "mounts", "labels and variables"])
def test_rules_of_a_large_object_stay_within_the_cost_limit(api, namespace, changes):
    """All lists and strings have their maximum size."""
    assert not refusals(api, namespace, locust_test(**changes))


def test_more_volumes_than_a_pod_can_have_are_refused(api, namespace):
    found = refusals(api, namespace, locust_test(volumes=[{"name": f"v{n}"} for n in range(151)]))
    assert ("spec.volumes", "must have at most 150 items") in {
        (path, message.split(": ")[-1]) for path, message in found}
