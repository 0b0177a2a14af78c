"""Watching some namespaces only, with Roles in these namespaces."""

import re
import time

import pytest
import yaml

from support.api import Api
from support.audit import AUDITED, Audit
from support.job_controller import JobController
from support.kubeconfig import kubeconfig_with_token
from support.kubectl import Kubectl
from support.objects import OPERATOR_ENVIRONMENT, locust_test, phase
from support.operator_process import READY, Operator
from support.paths import ROOT
from support.testbed import install_crd
from support.waiting import wait_for

WATCHED = ["team-a", "team-b"]
OTHER = "team-c"
ACCOUNT = "locust-operator"
QUIET = 2.0  # seconds in which the operator would have reacted


@pytest.fixture(scope="module")
def api(plane):
    made = Api(plane.kubeconfig)
    install_crd(made, Kubectl(plane.kubeconfig))
    for name in (*WATCHED, OTHER, AUDITED):
        made.ensure_namespace(name)
    return made


@pytest.fixture(scope="module")
def kubeconfig(plane, api, tmp_path_factory):
    """The kubeconfig of a service account with the permissions of
    docs/configuration.md in the watched namespaces."""
    api.create({"kind": "ServiceAccount", "apiVersion": "v1",
                "metadata": {"name": ACCOUNT}}, AUDITED)
    for namespace in WATCHED:
        for body in documented_rights():
            body["metadata"]["namespace"] = namespace
            for subject in body.get("subjects", []):
                subject["namespace"] = AUDITED
            api.create(body, namespace)
    return kubeconfig_with_token(
        plane.kubeconfig, tmp_path_factory.mktemp("account") / "kubeconfig",
        api.token_of(AUDITED, ACCOUNT))


def documented_rights():
    text = (ROOT / "docs/configuration.md").read_text()
    [block] = re.findall(r"```yaml\n(.*?kind: Role\n.*?)```", text, re.DOTALL)
    return list(yaml.safe_load_all(block))


@pytest.fixture
def operator(kubeconfig, tmp_path):
    made = Operator(kubeconfig, tmp_path / "operator.log",
                    OPERATOR_ENVIRONMENT)
    yield made
    made.close()


def has_jobs(api, namespace, name):
    return (api.get("Job", namespace, f"{name}-master")
            and api.get("Job", namespace, f"{name}-worker"))


def test_roles_in_the_watched_namespaces_are_enough(plane, api, operator):
    audit = Audit(plane.audit_log)
    begin = audit.now()
    api.create(locust_test("early"), "team-a")
    operator.flags = [f"--watch-namespaces={','.join(WATCHED)}"]
    operator.start()
    assert operator.lines_with("these namespaces only: team-a, team-b")
    for namespace in (*WATCHED, OTHER):
        api.create(locust_test("t"), namespace)
    for namespace, name in (("team-a", "early"), ("team-a", "t"),
                            ("team-b", "t")):
        assert_runs_to_its_end(api, namespace, name)
    time.sleep(QUIET)
    assert not api.list("Job", OTHER) and not api.list("Service", OTHER)
    assert "status" not in api.get("LocustTest", OTHER, "t")
    assert operator.stop()[0] == 0
    assert not operator.lines_with(" warning ")
    requests = audit.of_accounts(begin)
    assert {"list", "watch", "create", "patch"} <= {r[0] for r in requests}
    assert [r for r in requests if r[2] not in WATCHED] == []
    assert [r for r in requests if r[3] >= 400] == []


def assert_runs_to_its_end(api, namespace, name):
    wait_for(f"the Jobs of {namespace}/{name}",
             lambda: has_jobs(api, namespace, name))
    jobs = JobController(api, namespace)
    jobs.run_job(f"{name}-master")
    for wanted, act in (("Running", lambda: jobs.complete(f"{name}-master")),
                        ("Succeeded", lambda: None)):
        wait_for(f"{namespace}/{name} is {wanted}",
                 lambda: phase(api.get("LocustTest", namespace, name)),
                 lambda seen, wanted=wanted: seen == wanted)
        act()
    wait_for("its events", lambda: [
        e for e in api.list("Event", namespace)
        if e["involvedObject"]["name"] == name])


def test_a_missing_right_in_one_holds_up_no_other(api, operator):
    operator.environment["WATCH_NAMESPACES"] = f"{OTHER},team-b"
    operator.start(wait=False)
    line = operator.wait_for_line("waiting:", "list locusttests")
    assert f"in namespace {OTHER}" in line
    assert f"with a Role in namespace {OTHER}" in line
    api.create(locust_test("meanwhile"), "team-b")
    wait_for("its Jobs", lambda: has_jobs(api, "team-b", "meanwhile"))
    assert not operator.lines_with(READY)
    assert not [line for line in operator.lines_with("waiting:")
                if OTHER not in line]


def test_without_the_flag_it_says_which_rights_are_missing(operator):
    operator.start(wait=False)
    line = operator.wait_for_line("waiting:", "list locusttests")
    for words in ("at the cluster scope", "verb 'list'", "its ClusterRole",
                  "--watch-namespaces"):
        assert words in line
    assert not operator.lines_with(READY)


def test_a_namespace_may_come_later(plane, api, operator):
    operator.kubeconfig = plane.kubeconfig
    operator.flags = ["--watch-namespaces=late,team-a"]
    operator.start()
    api.ensure_namespace("late")
    api.create(locust_test("t"), "late")
    wait_for("its Jobs", lambda: has_jobs(api, "late", "t"))
    assert not operator.lines_with(" warning ")


def test_there_may_be_more_watches_than_streams_in_a_connection(plane, api,
                                                                operator):
    """kube-apiserver allows 100 streams."""
    operator.kubeconfig = plane.kubeconfig
    names = [f"many-{i}" for i in range(25)]
    operator.flags = ["--watch-namespaces", ",".join(names)]
    took = operator.start()
    print(f"{6 * len(names)} watches: ready after {took * 1000:.0f} ms")
    for name in names:
        api.ensure_namespace(name)
        api.create(locust_test("t"), name)
    for name in names:
        wait_for(f"Jobs in {name}",
                 lambda name=name: has_jobs(api, name, "t"))
    assert operator.stop()[0] == 0


@pytest.mark.parametrize("text, word", [
    ("a,,b", "empty entry"), ("a,B", "'B'"), ("a,a", "'a' twice")])
def test_bad_lists_are_refused(operator, text, word):
    operator.environment["WATCH_NAMESPACES"] = text
    operator.start(wait=False)
    assert operator.wait() == 1
    [_line] = operator.lines_with("WATCH_NAMESPACES", word)
    operator.flags = [f"--watch-namespaces={text}"]
    operator.start(wait=False)
    assert operator.wait() == 2
    assert operator.lines_with("--watch-namespaces=", word)
