"""The chart with many values, and kustomize: the API server accepts their objects
under restricted Pod Security, and the objects follow support/manifest_rules.py.

Needs KUBECONFIG like test_crd.py.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import charts, definitions
from support.api import Api
from support.chart_values import MATRIX, NAMESPACE, WATCHED
from support.kubectl import Kubectl
from support.manifest_rules import complaints
from support.paths import CHART, ROOT
from support.waiting import wait_for

pytestmark = pytest.mark.skipif(not os.environ.get("KUBECONFIG"),
                                reason="KUBECONFIG unset")
SYSTEM = "locust-k8s-operator-system"
OVERLAYS = ("default", "webhooks", "namespaced")
COMPONENTS = ("service-monitor", "network-policy", "master-proxy")
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted"
              for mode in ("enforce", "warn")}
# Warnings of strict validation that the chart cannot avoid.
HARMLESS = ("unrecognized format",)
# The CRD is most of the output, and mostly the same, so only some cases have it.
WITH_CRD = ("nothing", "go operator", "no webhooks", "cert-manager", "a secret",
            "crd for the release", "extras")


def values_of(name):
    more = {} if name in WITH_CRD else {"crd": {"enabled": False}}
    return {**MATRIX[name], **more}


@pytest.fixture(scope="module")
def kubeconfig():
    path = os.environ["KUBECONFIG"]
    api = Api(path)
    for name in (NAMESPACE, SYSTEM, *WATCHED):
        api.ensure_namespace(name, RESTRICTED)
    wait_for("accounts for the pods", lambda: [
        name for name in (NAMESPACE, SYSTEM)
        if not api.get("ServiceAccount", name, "default")], lambda no: not no)
    more = [word for file in definitions.files() for word in ("-f", file)]
    Kubectl(path).run("apply", "--server-side", *more)
    for name in ("certificates.cert-manager.io",
                 "servicemonitors.monitoring.coreos.com"):
        Kubectl(path).run("wait", "crd", name, "--for=condition=Established",
                          "--timeout=30s")
    yield path
    Kubectl(path).run("delete", "--wait=false", *more)


def dry_run(kubeconfig, text):
    """The errors of a dry run, also for the pods of the Deployments."""
    bodies = charts.objects(text)
    pods = [{"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": body["metadata"]["name"],
                          "namespace": body["metadata"]["namespace"],
                          **body["spec"]["template"]["metadata"]},
             # Its service account does not exist in a dry run.
             "spec": {**body["spec"]["template"]["spec"],
                      "serviceAccountName": "default"}}
            for body in charts.of_kind(bodies, "Deployment")]
    assert pods
    done = charts.run(
        "kubectl", "apply", "--server-side", "--force-conflicts",
        "--dry-run=server", "--validate=strict", "-f", "-",
        stdin="\n---\n".join([text, *map(json.dumps, pods)]),
        kubeconfig=kubeconfig, check=False)
    warnings = [line for line in done.stderr.splitlines()
            if not any(words in line for words in HARMLESS)]
    assert warnings == []
    assert done.stdout.count("(server dry run)") == len(bodies) + len(pods)
    return bodies


@pytest.fixture(scope="module")
def answers(kubeconfig):
    """The errors for each row, from concurrent dry runs."""
    with ThreadPoolExecutor(4) as pool:
        yield {**{name: pool.submit(lambda name=name: dry_run(
                    kubeconfig, charts.template(values_of(name), NAMESPACE)))
                  for name in MATRIX},
               **{overlay: pool.submit(lambda overlay=overlay: dry_run(
                    kubeconfig, charts.kustomize(overlay)))
                  for overlay in OVERLAYS}}


@pytest.mark.parametrize("name", MATRIX)
def test_kubernetes_takes_what_the_chart_makes(answers, name):
    answers[name].result()


@pytest.mark.parametrize("values, message", [
    ({"containerSecurityContext": {"readOnlyRootFilesystem": False,
                                   "capabilities": None}},
     "unrestricted capabilities"),
    ({"podSecurityContext": {"seccompProfile": {"type": "Unconfined"}}},
     "seccompProfile"),
    ({"extraVolumes": [{"name": "v", "emptyDyr": {}}]}, "emptyDyr"),
    ({"podDisruptionBudget": {"maxUnavailable": "200%"}}, "maxUnavailable")])
def test_rejected_values_are_reported(kubeconfig, values, message):
    with pytest.raises(AssertionError, match=message):
        dry_run(kubeconfig, charts.template(
            {"crd": {"enabled": False}, **values}, NAMESPACE))


@pytest.mark.parametrize("name", MATRIX)
def test_the_chart_keeps_to_the_rules(name):
    bodies = charts.rendered(values_of(name), NAMESPACE)
    assert complaints(bodies) == []
    assert {body["metadata"].get("namespace") for body in bodies} <= {
        None, NAMESPACE, *WATCHED}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_takes_what_kustomize_makes(answers, overlay):
    assert complaints(answers[overlay].result()) == []


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_can_be_added(kubeconfig, tmp_path, component):
    folder = tmp_path.relative_to("/")
    up = "/".join([".."] * len(folder.parts))
    base = f"{up}{ROOT}/deploy/kustomize"
    (tmp_path / "kustomization.yaml").write_text(json.dumps({
        "resources": [f"{base}/default"],
        "components": [f"{base}/components/{component}"],
        "namespace": SYSTEM}))
    assert complaints(dry_run(kubeconfig, charts.run(
        "kubectl", "kustomize", tmp_path).stdout)) == []


@pytest.mark.parametrize("values, message", [
    ({"resources": {"limits": None}}, "has no limits"),
    ({"image": {"tag": "latest"}}, "has no version"),
    ({"readinessProbe": {"httpGet": {"port": 1}}}, "has no readinessProbe"),
    ({"containerSecurityContext": {"readOnlyRootFilesystem": False}},
     "can write its root file system"),
    ({"extraVolumes": [{"name": "v", "hostPath": {"path": "/"}}]},
     "mounts a path of the node"),
    ({"extraVolumeMounts": [{"name": "v", "mountPath": "/v"}]},
     "which is not a volume")])
def test_the_rules_find_what_breaks_them(values, message):
    [text] = complaints(charts.rendered(
        {"crd": {"enabled": False}, **values}, NAMESPACE))
    assert message in text


@pytest.mark.parametrize("kind, rule, message", [
    ("Role", {"resources": ["jobs"], "verbs": ["*"]}, "grants *"),
    ("Role", {"resources": ["configmaps"], "verbs": ["get"]},
     "grants configmaps"),
    ("Role", {"resources": ["secrets"], "verbs": ["create", "get"]},
     "grants secrets that it does not name"),
    ("ClusterRole", {"resources": ["secrets"], "verbs": ["get"],
                     "resourceNames": ["a"]},
     "grants secrets of all namespaces"),
    ("ClusterRole", {"resources": ["customresourcedefinitions"],
                     "verbs": ["patch"]}, "that it does not name")])
def test_the_rules_find_rights_that_go_too_far(kind, rule, message):
    [text] = complaints([{"kind": kind, "metadata": {"name": "r"},
                          "rules": [{"apiGroups": [""], **rule}]}])
    assert message in text


def test_helm_has_nothing_to_object():
    done = charts.run("helm", "lint", "--strict", CHART)
    assert "0 chart(s) failed" in done.stdout
