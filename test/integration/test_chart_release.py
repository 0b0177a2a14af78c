"""Releases of the chart on a real API server: install, upgrade, rollback, uninstall,
and upgrade from the chart of the Go operator. There is no node, so the operator does
not run; the tests write what it would write."""

import base64
import json
import re
import shutil

import pytest
import yaml

from support import charts, webhooks
from support.api import Api, path_of
from support.certificates import make_certificate
from support.go_operator import FINALIZER, go_operator_crd
from support.kubectl import Kubectl
from support.objects import locust_test
from support.paths import CRD, INSTALL, ROOT
from support.testbed import install_crd
from support.waiting import wait_for

NAMESPACE = "release"
SYSTEM = "locust-k8s-operator-system"
DEPLOYMENT = ("Deployment", NAMESPACE, "locust-operator")
TEST = ("LocustTest", NAMESPACE, "kept")
V1 = f"/apis/locust.io/v1/namespaces/{NAMESPACE}/locusttests"
# No webhook server is running, so the webhook must not block new tests.
OPEN = {"webhook": {"failurePolicy": "Ignore", "timeoutSeconds": 1}}


@pytest.fixture(scope="module")
def api(plane):
    made = Api(plane.kubeconfig)
    install_crd(made, Kubectl(plane.kubeconfig))
    made.ensure_namespace(NAMESPACE)
    wait_for("an account", lambda: made.get("ServiceAccount", NAMESPACE,
                                            "default"))
    yield made
    webhooks.remove(made)
    install_crd(made, Kubectl(plane.kubeconfig))


@pytest.fixture
def helm(plane, api):
    """Runs `helm COMMAND ...` for a release that is uninstalled at the end."""
    def call(command, *words, values=None, **options):
        if command in ("install", "upgrade", "template"):
            return charts.helm(command, "-n", NAMESPACE, *words, values=values,
                               kubeconfig=plane.kubeconfig, **options)
        return charts.run("helm", command, charts.RELEASE, "-n", NAMESPACE,
                          *words, kubeconfig=plane.kubeconfig, **options)
    yield call
    call("uninstall", "--ignore-not-found")
    api.exchange("DELETE", path_of(*TEST))


def crd(api):
    return api.get(*webhooks.CRD)


def client_configs(api, configuration):
    validating = api.get(*configuration)
    return [crd(api)["spec"]["conversion"]["webhook"]["clientConfig"],
            *[one["clientConfig"] for one in validating["webhooks"]]]


def bundles(api, configuration=webhooks.VALIDATING):
    return {config.get("caBundle")
            for config in client_configs(api, configuration)}


def publish(api, authority, configuration=webhooks.VALIDATING):
    """Writes caBundle like the operator."""
    api.patch(*webhooks.CRD, {"spec": {"conversion": {"webhook": {
        "clientConfig": {"caBundle": authority}}}}})
    api.call("PATCH", path_of(*configuration), [{
        "op": "add", "path": "/webhooks/0/clientConfig/caBundle",
        "value": authority}], "application/json-patch+json")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    chain, _ = make_certificate(tmp_path_factory.mktemp("ca"), "ca")
    return base64.b64encode(chain.encode()).decode()


def test_a_release_from_its_beginning_to_its_end(api, helm, authority):
    # The CRD was installed with kubectl, so it belongs to no release.
    refused = helm("install", values=OPEN, check=False)
    assert refused.returncode != 0
    assert "invalid ownership metadata" in refused.stderr
    helm("install", "--take-ownership", values=OPEN)
    assert crd(api)["metadata"]["annotations"]["helm.sh/resource-policy"] == \
        "keep"
    assert bundles(api) == {None}
    publish(api, authority)
    api.create(locust_test("kept"), NAMESPACE)

    helm("upgrade", values={**OPEN, "replicaCount": 3, "metrics": {
        "enabled": True}})
    assert api.get(*DEPLOYMENT)["spec"]["replicas"] == 3
    assert bundles(api) == {authority}

    helm("upgrade", values={"webhook": {"enabled": False},
                            "leaderElection": {"enabled": False}})
    assert api.get(*DEPLOYMENT)["spec"]["strategy"] == {"type": "Recreate"}
    assert crd(api)["spec"]["conversion"] == {"strategy": "None"}
    assert api.get(*webhooks.VALIDATING) is None

    helm("rollback", "1")
    assert api.get(*DEPLOYMENT)["spec"]["replicas"] == 2
    assert api.get(*DEPLOYMENT)["spec"]["strategy"]["type"] == "RollingUpdate"
    assert bundles(api) == {None}
    publish(api, authority)

    output = helm("uninstall").stdout
    assert "CustomResourceDefinition" in output and "kept" in output
    assert api.get(*DEPLOYMENT) is None
    assert_tests_outlive_it(api)

    # The CRD still belongs to the release.
    helm("install", values=OPEN)
    assert api.get(*TEST) is None


def assert_tests_outlive_it(api):
    """v1 is refused, because there is no converter; the strategy None would lose
    fields. Everything else is unchanged."""
    assert api.get(*webhooks.VALIDATING) is None
    assert api.get(*TEST)["spec"] == api.list("LocustTest", NAMESPACE)[0]["spec"]
    api.patch(*TEST, {"metadata": {"labels": {"a": "b"}}})
    api.create(locust_test("new"), NAMESPACE)
    wait_for("v1 is refused", lambda: api.exchange("GET", f"{V1}/kept")[0],
             lambda status: status >= 400)
    for name in ("kept", "new"):
        api.delete("LocustTest", NAMESPACE, name)
        assert api.get("LocustTest", NAMESPACE, name) is None


def test_a_crd_of_the_release_can_go_with_it(api, helm):
    """With crd.keep=false."""
    helm("install", "--take-ownership", values={"crd": {"keep": False}})
    helm("uninstall")
    wait_for("the CRD is gone", lambda: crd(api) is None)


@pytest.fixture
def go_operator_chart(tmp_path):
    """A release of the Go operator's chart, as far as an upgrade depends on it: the
    selector, the bindings, and a CRD that is deleted with the release."""
    folder = tmp_path / "locust-k8s-operator"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(json.dumps({
        "apiVersion": "v2", "name": "locust-k8s-operator", "version": "2.4.3"}))
    bodies = charts.rendered({"crd": {"enabled": False}, "image": {
        "repository": "lotest/locust-k8s-operator", "tag": "2.4.1"},
        "webhook": {"enabled": False}}, NAMESPACE)
    bodies.append(go_operator_crd(yaml.safe_load(CRD.read_text())))
    for number, body in enumerate(bodies):
        body["metadata"].pop("labels", None)
        (folder / "templates" / f"{number}.yaml").write_text(json.dumps(body))
    yield folder
    shutil.rmtree(folder)


def test_a_release_of_the_go_operators_chart_is_upgraded(
        plane, api, helm, go_operator_chart):
    if crd(api):
        api.delete(*webhooks.CRD)
        wait_for("the CRD is gone", lambda: crd(api) is None)
    charts.run("helm", "install", charts.RELEASE, go_operator_chart, "-n", NAMESPACE,
               kubeconfig=plane.kubeconfig)
    body = {**locust_test("kept")}
    body["metadata"]["finalizers"] = [FINALIZER]
    wait_for("LocustTests are served", lambda: api.exchange(
        "POST", path_of("LocustTest", NAMESPACE), body)[0],
        lambda status: status == 201)
    before = api.get(*DEPLOYMENT)["metadata"]["uid"]
    uid = api.get(*TEST)["metadata"]["uid"]

    refused = helm("upgrade", "--reuse-values", check=False)
    assert "use --reset-then-reuse-values" in refused.stderr
    helm("upgrade", "--reset-then-reuse-values", values=OPEN)
    after = api.get(*DEPLOYMENT)
    assert after["metadata"]["uid"] == before
    assert charts.container(after)["image"].startswith("locust-operator:")
    assert api.get(*TEST)["metadata"]["uid"] == uid
    assert "history" in str(crd(api)["spec"])
    helm("uninstall")
    assert api.get(*TEST)["metadata"]["uid"] == uid
    api.patch(*TEST, {"metadata": {"finalizers": []}})


def test_the_one_file_can_be_applied_again(plane, api, authority):
    how = ["--server-side", "--force-conflicts"]  # the CRD belonged to Helm before
    kubectl = Kubectl(plane.kubeconfig)
    config = (webhooks.VALIDATING[0], None, "locust-k8s-operator-validating-"
              "webhook-configuration")
    kubectl.run("apply", *how, "-f", INSTALL)
    publish(api, authority, config)
    kubectl.run("apply", *how, "-f", INSTALL)
    assert bundles(api, config) == {authority}
    for command in re.findall(r"^    kubectl (delete (?:.*\\\n)?.*)$",
                              section("Kustomize"), re.MULTILINE):
        kubectl.run(*command.replace("\\\n", "").split())
    # With the test in it, although there is no converter.
    assert api.get("Namespace", None, SYSTEM) is None
    assert api.get(*config) is None
    assert "Webhook" in str(crd(api)["spec"]["conversion"])
    assert not [body for kind in ("ClusterRole", "ClusterRoleBinding")
                for body in api.list(kind)
                if body["metadata"]["name"].startswith("locust-k8s-operator")]


def section(title):
    """A section of docs/install.md."""
    text = (ROOT / "docs/install.md").read_text()
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("values, expected", [
    ({}, ["runs LocustTests in all namespaces",
          "until then, the API server rejects new LocustTests", "helm uninstall"]),
    ({"watchNamespaces": ["default", "release"], "crd": {"enabled": False}},
     ["in default, release.", "kubectl -n default apply"]),
    ({"leaderElection": {"enabled": False}}, ["one replica runs"]),
    ({"image": {"repository": "lotest/locust-k8s-operator"}},
     ["so locust-operator:0.1.0 is used instead"]),
    ({"webhook": {"certificates": "secret"}},
     ["webhook.caBundle is empty", "locust-operator-webhook-certs"])])
def test_the_notes_describe_the_next_steps(api, helm, values, expected):
    done = helm("install", "--take-ownership", "--dry-run=client", "-o", "json",
                values=values)
    [notes] = re.findall(r'"notes":("(?:[^"\\]|\\.)*")', done.stdout)
    notes = json.loads(notes)
    for words in [*expected, "rollout status deployment/locust-operator"]:
        assert words in notes
    [sample] = re.findall(r"<<EOF\n(.*)\n  EOF", notes, re.DOTALL)
    api.call("POST", path_of("LocustTest", NAMESPACE) + "?dryRun=All",
             yaml.safe_load(sample))
    assert "%!" not in notes and "<no value>" not in notes
