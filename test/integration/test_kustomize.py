"""deploy/kustomize and deploy/webhook equal the chart. Needs no cluster."""

import os

import pytest
import yaml

from support import charts
from support.paths import KUSTOMIZE, WEBHOOKS

NO_CRD = {"crd": {"enabled": False}}


def rules(bodies):
    """{(kind, rule without names)} of the operator, and of users."""
    return sorted(
        str((body["kind"], {key: value for key, value in rule.items()
                            if key != "resourceNames"},
             sorted(label for label in body["metadata"]["labels"]
                    if "aggregate" in label)))
        for body in charts.of_kind(bodies, "Role", "ClusterRole")
        for rule in body["rules"])


def test_kustomize_grants_what_the_chart_grants():
    guarded = {"metrics": {"enabled": True, "secure": True}}
    for overlay, values in (
            ("default", {**guarded, "webhook": {"enabled": False}}),
            ("webhooks", guarded),
            ("namespaced", {"k8s": {"clusterRole": {"enabled": False}}})):
        assert rules(charts.objects(charts.kustomize(overlay))) == \
            rules(charts.rendered({**NO_CRD, **values}))


@pytest.mark.parametrize("overlay", ["default", "namespaced"])
def test_without_reports_no_config_map_may_be_created(overlay, tmp_path):
    """As in the chart, without the permission the operator does not try."""
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump({
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
        "resources": [os.path.relpath(KUSTOMIZE / overlay, tmp_path)],
        "components": [os.path.relpath(
            KUSTOMIZE / "components/no-reports", tmp_path)]}))
    built = charts.objects(charts.run("kubectl", "kustomize", tmp_path).stdout)
    values = {"default": {"metrics": {"enabled": True, "secure": True},
                          "webhook": {"enabled": False}},
              "namespaced": {"k8s": {"clusterRole": {"enabled": False}}}}[overlay]
    rendered = charts.rendered({**NO_CRD, **values, "reports": {"enabled": False}})
    assert rules(built) == rules(rendered)
    assert "configmaps" not in str(rules(built))
    for bodies in (built, rendered):
        assert "--reports=off" in charts.container(
            charts.only(bodies, "Deployment"))["args"]


def test_only_webhooks_have_a_conversion():
    for overlay in ("default", "namespaced"):
        assert "conversion" not in charts.only(charts.objects(
            charts.kustomize(overlay)), "CustomResourceDefinition")["spec"]


def webhook_of(bodies):
    [webhook] = charts.only(bodies, "ValidatingWebhookConfiguration")["webhooks"]
    return {key: value for key, value in webhook.items()
            if key not in ("name", "clientConfig")}


def test_the_webhook_is_the_same_everywhere():
    manifest = charts.objects((WEBHOOKS / "webhook.yaml").read_text())
    assert webhook_of(charts.rendered(NO_CRD)) == webhook_of(manifest) == \
        webhook_of(charts.objects(charts.kustomize("webhooks")))


def test_every_service_of_a_webhook_is_there():
    for bodies in (charts.rendered(),
                   charts.objects(charts.kustomize("webhooks"))):
        services = {(body["metadata"]["namespace"], body["metadata"]["name"])
                    for body in charts.of_kind(bodies, "Service")}
        crd = charts.only(bodies, "CustomResourceDefinition")
        for config in (crd["spec"]["conversion"]["webhook"]["clientConfig"],
                       charts.only(bodies, "ValidatingWebhookConfiguration")[
                           "webhooks"][0]["clientConfig"]):
            service = config["service"]
            assert (service["namespace"], service["name"]) in services
        flags = " ".join(charts.container(
            charts.only(bodies, "Deployment"))["args"])
        assert f"--webhook-service-name={service['name']} " in flags


def test_every_folder_of_kustomize_is_used():
    text = "".join(file.read_text()
                   for file in KUSTOMIZE.rglob("kustomization.yaml"))
    entries = ("default", "webhooks", "namespaced", "service-monitor",
               "network-policy", "master-proxy", "no-reports")
    for file in KUSTOMIZE.rglob("kustomization.yaml"):
        assert file.parent.name in entries or f"/{file.parent.name}\n" in text
