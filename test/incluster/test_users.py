"""What users can do who may only edit their own namespace."""

import json

from support.installed import FULLNAME, NAMESPACE
from support.kubeconfig import kubeconfig_with_token
from support.kubectl import Kubectl
from support.objects import locustfiles_map, real_test

V1, V2 = "locusttests.v1.locust.io", "locusttests.v2.locust.io"
FORBIDDEN = "(Forbidden)"


def user_of(case, role="edit"):
    """kubectl as a service account with one of the roles of Kubernetes."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount",
               "metadata": {"name": role}}
    case.create(account)
    case.create({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": role},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                    "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": role,
                      "namespace": case.namespace}]})
    return Kubectl(kubeconfig_with_token(
        case.api.kubeconfig,
        case.testbed.folder / f"{case.namespace}-{role}.kubeconfig",
        case.api.token_of(case.namespace, role)))


def kubectl_as(user, case, *words, **options):
    return user.run(words[0], "-n", case.namespace, *words[1:], **options)


def refusal(user, case, *words, **options):
    done = kubectl_as(user, case, *words, check=False, **options)
    assert done.returncode != 0, done.stdout
    return done.stderr


def as_json(user, case, what, name):
    return json.loads(kubectl_as(user, case, "get", what, name, "-o",
                           "json").stdout)


def test_an_editor_of_a_namespace_runs_a_test(case):
    user = user_of(case)
    user.apply(case.namespace, locustfiles_map(),
               real_test(case.testbed.target.url))
    case.wait_for_phase("Succeeded")
    [row] = user.table("lotest", "-n", case.namespace)
    assert (row["NAME"], row["PHASE"]) == ("t", "Succeeded")
    assert "Aggregated" in kubectl_as(user, case, "logs", "job/t-master", "-c",
                                case.pods_of("t-master")[0]["spec"]
                                ["containers"][0]["name"]).stdout
    # Users may write neither the status nor anything outside the namespace.
    change = '{"status":{"phase":"Failed"}}'
    assert FORBIDDEN in refusal(user, case, "patch", "lotest", "t",
                                "--subresource=status", "--type=merge",
                                "--patch", change)
    for words in (("get", "secrets", "-n", NAMESPACE),
                  ("delete", "deployment", FULLNAME, "-n", NAMESPACE),
                  ("get", "lotest", "-n", "default"),
                  ("delete", "crd", "locusttests.locust.io")):
        assert FORBIDDEN in user.run(*words, check=False).stderr
    kubectl_as(user, case, "delete", "lotest", "t")
    assert case.test() is None


def test_a_viewer_only_looks(case):
    case.create_locustfiles()
    case.create(real_test(case.testbed.target.url, seconds=3600))
    user = user_of(case, "view")
    case.wait_for_phase("Running")
    [row] = user.table("lotest", "-n", case.namespace)
    assert row["PHASE"] == "Running"
    assert FORBIDDEN in refusal(user, case, "delete", "lotest", "t")


def test_clients_of_both_versions_see_the_same_test(case):
    user = user_of(case)
    case.create_locustfiles()
    command = real_test(case.testbed.target.url)["spec"]["master"]["command"]
    flat = {"apiVersion": "locust.io/v1", "kind": "LocustTest",
            "metadata": {"name": "t"},
            "spec": {"image": real_test("")["spec"]["image"],
                     "masterCommandSeed": command,
                     "workerCommandSeed": "-f /lotest/src/locustfile.py",
                     "workerReplicas": 1, "configMap": "locustfiles"}}
    done = kubectl_as(user, case, "create", "-f", "-", stdin=flat)
    assert "deprecated" in done.stderr
    of_v2 = as_json(user, case, V2, "t")["spec"]
    assert of_v2["master"]["command"] == command
    assert of_v2["testFiles"]["configMapRef"] == "locustfiles"
    case.wait_for_phase("Running")
    of_v1 = as_json(user, case, V1, "t")
    assert flat["spec"].items() <= of_v1["spec"].items()
    assert of_v1["status"]["phase"] == "Running"


def test_a_faulty_test_is_refused_with_all_its_faults(case):
    user = user_of(case)
    faulty = real_test("", master__command="-f 'a.py",
                       worker__command='-f "b.py')
    message = refusal(user, case, "create", "-f", "-", stdin=faulty)
    for words in ("vlocusttest.kb.io", "spec.master.command",
                  "spec.worker.command"):
        assert words in message


def test_the_notes_of_the_chart_lead_to_a_running_operator(case):
    notes = case.testbed.helm_output
    assert f"rollout status deployment/{FULLNAME}" in notes
    done = case.kubectl.run("rollout", "status", f"deployment/{FULLNAME}",
                            "-n", NAMESPACE, "--timeout=30s")
    assert "successfully rolled out" in done.stdout


def test_metrics_are_served(case):
    page = case.testbed.operator.metrics()
    assert "# TYPE " in page
    assert "locust_operator_build_info{" in page
