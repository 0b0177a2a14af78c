"""deploy/webhook matches the CRD and docs/behaviour/admission.md."""

import yaml

from crd_file import DEFINITION, ROOT

FOLDER = ROOT / "deploy/webhook"
SERVICE, CONFIGURATION = yaml.safe_load_all((FOLDER / "webhook.yaml").read_text())
CONVERSION = yaml.safe_load((FOLDER / "crd-conversion.yaml").read_text())["spec"]["conversion"]
[WEBHOOK] = CONFIGURATION["webhooks"]


def test_all_versions_are_validated_before_they_are_stored():
    [rule] = WEBHOOK["rules"]
    spec = DEFINITION["spec"]
    assert rule == {
        "apiGroups": [spec["group"]], "apiVersions": [one["name"] for one in spec["versions"]],
        "resources": [spec["names"]["plural"]], "operations": ["CREATE", "UPDATE"],
        "scope": spec["scope"]}
    assert WEBHOOK["name"] == "vlocusttest.kb.io"
    assert (WEBHOOK["failurePolicy"], WEBHOOK["sideEffects"], WEBHOOK["matchPolicy"],
            WEBHOOK["admissionReviewVersions"]) == ("Fail", "None", "Equivalent", ["v1"])


def test_the_operator_converts():
    assert CONVERSION["strategy"] == "Webhook"
    assert CONVERSION["webhook"]["conversionReviewVersions"] == ["v1"]


def test_both_lead_to_the_service():
    place = {key: SERVICE["metadata"][key] for key in ("name", "namespace")}
    [port] = SERVICE["spec"]["ports"]
    assert port["targetPort"] == 9443
    for config, path in ((WEBHOOK["clientConfig"], "/validate-locust-io-v2-locusttest"),
                         (CONVERSION["webhook"]["clientConfig"], "/convert")):
        assert config == {"service": {**place, "path": path, "port": port["port"]}}
