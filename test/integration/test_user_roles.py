"""People with Kubernetes' own roles view, edit and admin in a namespace: what
they may do with LocustTests there."""

import pytest

from support import charts
from support.api import Api
from support.kubectl import Kubectl
from support.objects import locust_test
from support.waiting import wait_for
from support.world import install_crd

NAMESPACE = "user-roles"
ROLES = ("view", "edit", "admin")


@pytest.fixture(scope="module", params=["chart", "kustomize"])
def kubectl(request, plane):
    """A namespace with a user for each role, who is named as that."""
    api, made = Api(plane.kubeconfig), Kubectl(plane.kubeconfig)
    install_crd(api, made)
    api.ensure_namespace(NAMESPACE)
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
        api.create(body, body["metadata"].get("namespace"))
    wait_for("the controller adds up the roles", lambda: [
        role for role in ROLES if can(made, role, "list") == "yes"],
        lambda seen: seen == list(ROLES))
    yield made
    for body in bodies:
        api.delete(body["kind"], body["metadata"].get("namespace"),
                   body["metadata"]["name"])
    wait_for("and takes them away", lambda: can(made, "admin", "list"),
             lambda seen: seen == "no")


def can(kubectl, role, verb, *more):
    return kubectl.run("auth", "can-i", verb, "locusttests.locust.io", "-n",
                       NAMESPACE, "--as", role, *more,
                       check=False).stdout.strip()


def does(kubectl, role, *words, **options):
    """Whether the user of this role can."""
    done = kubectl.run(*words, "-n", NAMESPACE, "--as", role, check=False,
                       **options)
    assert done.returncode == 0 or "forbidden" in done.stderr, done.stderr
    return done.returncode == 0


def test_an_editor_runs_tests_and_reads_what_becomes_of_them(kubectl):
    assert does(kubectl, "edit", "create", "-f", "-", stdin=locust_test())
    assert does(kubectl, "edit", "get", "locusttest", "t", "--subresource",
                "status")
    assert does(kubectl, "edit", "label", "locusttest", "t", "a=b")
    assert not does(kubectl, "edit", "patch", "locusttest", "t",
                    "--subresource", "status", "--type", "merge", "-p",
                    '{"status": {"phase": "Succeeded"}}')
    assert not does(kubectl, "view", "delete", "locusttest", "t")
    assert does(kubectl, "view", "get", "locusttest", "t")
    assert does(kubectl, "edit", "delete", "locusttest", "t")


def test_a_viewer_only_reads(kubectl):
    assert not does(kubectl, "view", "create", "-f", "-", stdin=locust_test())
    assert {verb: can(kubectl, "view", verb) for verb in (
        "get", "watch", "update", "patch", "deletecollection")} == {
            "get": "yes", "watch": "yes", "update": "no", "patch": "no",
            "deletecollection": "no"}


def test_nobody_but_the_operator_writes_a_status(kubectl):
    for role in ROLES:
        for verb in ("update", "patch"):
            assert can(kubectl, role, verb, "--subresource=status") == "no"


def test_only_an_admin_deletes_all_at_once(kubectl):
    assert can(kubectl, "edit", "deletecollection") == "no"
    assert can(kubectl, "admin", "deletecollection") == "yes"
