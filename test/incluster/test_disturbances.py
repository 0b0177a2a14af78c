"""Disturbances of the operator and of the cluster, one after the other, while tests
run. The tests must not be affected."""

import time

import pytest

from support import cluster
from support.installed import (
    LEASE_DURATION,
    NAMESPACE,
    RETRY_PERIOD,
    SECRET,
    TIMEOUT,
)
from support.objects import condition, locust_test, phase
from support.waiting import wait_for

pytestmark = pytest.mark.exclusive

HANDED_OVER_WITHIN = 2.0  # seconds, when the leader is stopped
DIED_WITHIN = LEASE_DURATION + 2 * RETRY_PERIOD
NOTICED_WITHIN = 5.0  # seconds from a new test to its first child


def assert_works(case, name):
    """Creates a new test and waits for its children."""
    created = wait_for("the webhooks answer", lambda: case.api.exchange(
        "POST", f"/apis/locust.io/v2/namespaces/{case.namespace}/locusttests",
        locust_test(name)), lambda answer: answer[0] == 201)
    seen = case.first("Job", f"{name}-worker", bool, NOTICED_WITHIN)
    assert seen.object["metadata"]["ownerReferences"][0]["uid"] == (
        created[1]["metadata"]["uid"])
    case.delete("LocustTest", name)


def assert_long_run_continues(case):
    long_run = case.testbed.long_run
    test = long_run.test()
    assert phase(test) == "Running", test["status"]
    assert condition(test, "WorkersConnected")["status"] == "True"
    assert [observation.name for kind in ("Job", "Service", "Pod")
            for observation in long_run.seen.observations(kind, long_run.namespace)
            if observation.what == "DELETED"] == []


def time_until_another_leads(case, before, timeout):
    begin = time.monotonic()
    case.testbed.operator.wait_for_leader(other_than=before, timeout=timeout)
    seconds = time.monotonic() - begin
    case.testbed.note_delay(f"another leads; {case.title}", seconds)
    return seconds


def test_the_long_run_has_started(case):
    long_run = case.testbed.long_run
    long_run.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")
    case.testbed.operator.wait_for_pods()


def test_the_leader_crashes(case):
    before = case.testbed.operator.leader()
    cluster.kill_processes_of(case.testbed.operator.pods()[before],
                              "locust-operator")
    assert time_until_another_leads(case, before, DIED_WITHIN) <= DIED_WITHIN
    assert_works(case, "after")
    case.testbed.operator.wait_for_pods()
    assert_long_run_continues(case)


def test_the_leader_pod_is_deleted_by_force(case):
    before = case.testbed.operator.leader()
    case.api.delete("Pod", NAMESPACE, before, gracePeriodSeconds=0)
    time_until_another_leads(case, before, DIED_WITHIN)
    assert_works(case, "after")
    case.testbed.operator.wait_for_pods()
    assert_long_run_continues(case)


def test_a_drain_takes_one_at_a_time(case):
    operator = case.testbed.operator
    before = operator.leader()
    [other] = set(operator.pods()) - {before}
    assert operator.evict(before) == 201
    assert operator.evict(other) == 429, "the disruption budget allows one"
    assert time_until_another_leads(
        case, before, HANDED_OVER_WITHIN) <= HANDED_OVER_WITHIN
    assert_works(case, "after")
    operator.wait_for_pods()
    assert_long_run_continues(case)


def test_a_deleted_certificate_of_the_webhooks_is_replaced(case):
    operator, long_run = case.testbed.operator, case.testbed.long_run
    before = case.api.get("Secret", NAMESPACE, SECRET)["metadata"]["uid"]
    case.api.delete("Secret", NAMESPACE, SECRET)
    # A replica checks the certificate at its start and then every minute. Until then
    # it serves the old one.
    [follower] = set(operator.pods()) - {operator.leader()}
    case.api.delete("Pod", NAMESPACE, follower)
    wait_for("there is a new Secret",
             lambda: case.api.get("Secret", NAMESPACE, SECRET),
             lambda secret: secret and secret["metadata"]["uid"] != before,
             timeout=TIMEOUT)
    operator.wait_for_pods()
    path = f"/apis/locust.io/v1/namespaces/{long_run.namespace}/locusttests/t"
    for _ in range(10):  # requests reach different replicas
        status, answer = case.api.exchange("GET", path)
        assert status == 200, answer
    assert_works(case, "after")
    assert_long_run_continues(case)


def test_an_upgrade_and_its_rollback(case):
    operator = case.testbed.operator
    for step, roll, annotation in (
            ("upgrade", lambda: operator.upgrade(
                podAnnotations={"rolled": "yes"}), "yes"),
            ("rollback", lambda: operator.rollback(1), None)):
        before = operator.pods()
        begin = time.monotonic()
        roll()
        case.testbed.note_delay(f"helm {step} --wait", time.monotonic() - begin)
        pods = operator.wait_for_pods()
        assert not set(pods) & set(before)
        for pod in pods.values():
            assert pod["metadata"].get("annotations", {}).get(
                "rolled") == annotation
        operator.wait_for_leader()
        assert_works(case, step)
        assert_long_run_continues(case)


def test_the_api_server_restarts(case):
    cluster.tool("restart", "--name", case.testbed.cluster, "kube-apiserver")
    case.testbed.operator.wait_for_leader()
    assert_works(case, "after")
    case.testbed.operator.wait_for_pods()
    assert_long_run_continues(case)


def test_the_test_that_ran_through_all_this_ends_well(case):
    long_run = case.testbed.long_run
    case.testbed.target.end_runs()
    long_run.wait_for_phase("Succeeded")
    assert long_run.phases() == ["Pending", "Running", "Succeeded"]
    kinds = [entry["kind"] for entry in long_run.history()]
    for once in ("Running", "TestStarted", "Ended"):
        assert kinds.count(once) == 1
    # A Service may be refused at first: the API server knows the kind of the owner
    # only some seconds after the CRD exists (OwnerReferencesPermissionEnforcement).
    writes = [(verb, what) for verb, what, _, code in
              case.testbed.audit.writes(long_run.namespace)
              if what in ("jobs", "services", "locusttests") and code < 400]
    assert sorted(writes) == [("create", "jobs")] * 2 + [
        ("create", "services")]


def test_uninstalling_leaves_the_tests(case):
    case.create(locust_test())
    case.first("Job", "t-worker", bool, NOTICED_WITHIN)
    case.testbed.operator.uninstall()
    assert case.api.get("CustomResourceDefinition", None,
                        "locusttests.locust.io")
    assert "deletionTimestamp" not in case.get("LocustTest", "t")["metadata"]
    assert case.get("Job", "t-worker")
    case.kubectl.run("delete", "lotest", "t", "-n", case.namespace,
                     "--timeout=10s")
    for kind in ("Job", "Service", "Pod"):
        wait_for(f"every {kind} is gone", lambda kind=kind:
                 case.api.list(kind, case.namespace), lambda some: not some,
                 timeout=60)
