"""What users with the roles view, edit and admin of Kubernetes may do with
LocustTests in a namespace."""

import pytest

from support import charts
from support.api import MERGE, Api, path_of
from support.kubectl import Kubectl
from support.objects import locust_test
from support.testbed import install_crd
from support.waiting import wait_for

NAMESPACE = "user-roles"
ROLES = ("view", "edit", "admin")
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete",
         "deletecollection")
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
OVER = {"status": {"phase": "Succeeded"}}


@pytest.fixture(scope="module", params=["chart", "kustomize"])
def api(request, plane):
    """A namespace with one user per role, named after the role."""
    made = Api(plane.kubeconfig)
    install_crd(made, Kubectl(plane.kubeconfig))
    made.ensure_namespace(NAMESPACE)
    bodies = [{
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": role, "namespace": NAMESPACE},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                    "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io",
                      "kind": "User", "name": role}]} for role in ROLES]
    installation = charts.rendered() if request.param == "chart" else \
        charts.objects(charts.kustomize("users"))
    bodies += [body for body in charts.of_kind(installation, "ClusterRole")
               if any("aggregate-to" in label
                      for label in body["metadata"]["labels"])]
    assert len(bodies) == 2 * len(ROLES)
    for body in bodies:
        made.create(body, body["metadata"].get("namespace"))
    wait_for("the controller has aggregated the roles", lambda: [
        role for role in ROLES if can(made, role, "list")],
        lambda seen: seen == list(ROLES))
    yield made
    for body in bodies:
        made.delete(body["kind"], body["metadata"].get("namespace"),
                    body["metadata"]["name"])
    wait_for("the controller has removed the rules", lambda: not can(made, "admin", "list"))


def can(api, user, verb, subresource=""):
    review = api.call("POST", REVIEWS, {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": {
            "namespace": NAMESPACE, "verb": verb, "group": "locust.io",
            "resource": "locusttests", "subresource": subresource}}})
    return review["status"]["allowed"]


def does(api, user, method, name=None, body=None, subresource=None):
    """Whether the user can."""
    status, answer = api.exchange(
        method, path_of("LocustTest", NAMESPACE, name, subresource), body,
        MERGE if method == "PATCH" else "application/json", user)
    assert status < 300 or status == 403, answer
    return status < 300


def test_an_editor_runs_tests_and_reads_their_status(api):
    assert does(api, "edit", "POST", body=locust_test())
    assert does(api, "edit", "GET", "t", subresource="status")
    assert does(api, "edit", "PATCH", "t", {"spec": {"image": "other"}})
    assert not does(api, "edit", "PATCH", "t", OVER, "status")
    assert not does(api, "view", "DELETE", "t")
    assert does(api, "view", "GET", "t")
    assert does(api, "edit", "DELETE", "t")


def test_a_viewer_only_reads(api):
    assert not does(api, "view", "POST", body=locust_test())
    assert [verb for verb in VERBS if can(api, "view", verb)] == [
        "get", "list", "watch"]


def test_only_the_operator_writes_a_status(api):
    assert not [user for user in ROLES for verb in VERBS[3:]
                if can(api, user, verb, "status")]
    assert [user for user in ROLES if can(api, user, "get", "status")] == [
        *ROLES]


def test_only_an_admin_deletes_all_at_once(api):
    assert [verb for verb in VERBS if not can(api, "edit", verb)] == [
        "deletecollection"]
    assert [verb for verb in VERBS if not can(api, "admin", verb)] == []
