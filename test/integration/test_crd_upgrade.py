"""Objects that were stored before the CRD had its rules, and violate them.

It must still be possible to write their status, to change labels and finalizers,
and to delete them. Needs KUBECONFIG like test_crd.py.
"""

import os
import uuid

import pytest
import yaml

from support.api import Api, Refused, path_of
from support.objects import changed, locust_test
from support.waiting import wait_for
from test_crd import CRD, crd, kubectl, namespace, pytestmark  # noqa: F401 (fixtures, mark)

FINALIZER = "locust.io/cleanup"
JSON_PATCH = "application/json-patch+json"
VOLUMES = [{"name": f"v{index}", "emptyDir": {}} for index in range(151)]

# Specs that the Go operator accepted or at least stored.
OLD = {
    "n" * 57: {},
    "paths": {"env__secretMounts": [{"name": "s.t", "mountPath": "/lotest/src/keys"}]},
    "volumes": {"volumes": [{"name": "secret-a", "emptyDir": {}}], "volumeMounts": [
        {"name": "secret-a", "mountPath": "/a"}, {"name": "b", "mountPath": "/a"}]},
    "labels": {"master__labels": {"a b": "c d"}, "scheduling__nodeSelector": {"a": "b c"}},
    "endpoint": {"observability__openTelemetry": {"enabled": True}},
    "quantities": {"master__resources": {"limits": {"cpu": "-1", "memory": "1e1.5"}}},
    "sizes": {"volumes": VOLUMES, "master__annotations": {f"a{n}": "" for n in range(1001)}},
}


def without_rules(node):
    if isinstance(node, list):
        return [without_rules(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: without_rules(value) for key, value in node.items() if key not in (
        "x-kubernetes-validations", "maxItems", "maxProperties", "maxLength", "pattern")}


@pytest.fixture(scope="module")
def api(crd):
    return Api(os.environ["KUBECONFIG"])


@pytest.fixture(scope="module")
def old(api, namespace):
    """The namespace with all of OLD, when the rules apply."""
    bad = changed(locust_test(name=f"x-{uuid.uuid4().hex}"), **{
        f"spec__{key}": value for key, value in OLD["paths"].items()})

    def is_accepted():
        status, _ = api.exchange("POST", path_of("LocustTest", namespace) + "?dryRun=All", bad)
        return status == 201

    try:
        kubectl("apply", "--server-side", "--force-conflicts", "-f", "-",
                stdin=without_rules(yaml.safe_load(CRD.read_text())))
        wait_for("the rules are gone", is_accepted)
        for name, spec in OLD.items():
            api.create(changed(locust_test(name, **spec), metadata__finalizers=[FINALIZER]),
                       namespace)
    finally:
        kubectl("apply", "--server-side", "--force-conflicts", "-f", CRD)
    wait_for("the rules are back", is_accepted, lambda taken: not taken)
    return namespace


@pytest.mark.parametrize("name", OLD)
def test_the_status_can_be_written(api, old, name):
    for phase in ("Pending", "Running", "Failed"):
        after = api.patch("LocustTest", old, name, {"status": {"phase": phase}}, "status")
        assert after["status"] == {"phase": phase}


@pytest.mark.parametrize("name", OLD)
def test_labels_can_be_written(api, old, name):
    after = api.patch("LocustTest", old, name, {"metadata": {"labels": {"a": "b"}}})
    assert after["metadata"]["labels"] == {"a": "b"}


@pytest.mark.parametrize("name", OLD)
def test_another_edit_of_the_spec_is_accepted(api, old, name):
    after = api.patch("LocustTest", old, name, {"spec": {"worker": {"replicas": 2}}})
    assert after["spec"]["worker"]["replicas"] == 2


@pytest.mark.parametrize("name, edit, message", [
    ("paths", {"testFiles": {"libMountPath": "/l"}}, "conflicts with reserved path"),
    ("volumes", {"volumes": [{"name": "secret-b"}]}, "uses reserved prefix"),
    ("labels", {"master": {"labels": {"fine": "too"}}}, 'label key "a b" must be'),
    ("endpoint", {"observability": {"openTelemetry": {"insecure": True}}}, "is required"),
    ("quantities", {"master": {"resources": {"limits": {"cpu": "-2"}}}}, "should match"),
    ("sizes", {"master": {"annotations": {"fine": "too"}}}, "must have at most 1000"),
])
def test_an_edit_of_what_breaks_a_rule_is_refused(api, old, name, edit, message):
    with pytest.raises(Refused) as refused:
        api.patch("LocustTest", old, name, {"spec": edit})
    assert refused.value.status == 422
    assert message in refused.value.body["message"]


@pytest.mark.parametrize("name, corrected", [
    ("paths", {"env": None}), ("endpoint", {"observability": None}),
    ("labels", {"master": {"labels": None}, "scheduling": None}),
])
def test_an_edit_that_corrects_it_is_accepted(api, old, name, corrected):
    path = path_of("LocustTest", old, name) + "?dryRun=All"
    after = api.call("PATCH", path, {"spec": corrected}, "application/merge-patch+json")
    assert not set(corrected) & {key for key, value in after["spec"].items() if value is None}


@pytest.mark.parametrize("name", OLD)
def test_it_can_be_deleted(api, old, name):
    """Runs last. Removes the finalizer like the operator."""
    api.delete("LocustTest", old, name)
    body = api.get("LocustTest", old, name)
    api.call("PATCH", path_of("LocustTest", old, name), [
        {"op": "replace", "path": f"/metadata/{field}", "value": value}
        for field, value in (("uid", body["metadata"]["uid"]),
                             ("resourceVersion", body["metadata"]["resourceVersion"]),
                             ("finalizers", []))], JSON_PATCH)
    assert api.get("LocustTest", old, name) is None
