"""Runs from `kubectl apply` to their end, with a real kubelet and real Locust."""

import subprocess

from support.objects import condition, phase, real_test
from support.waiting import wait_for

# Long enough for the operator to ask the master for its workers twice, which it does
# every 2 s, even on a busy machine.
COUNTED = 10  # seconds


def start(case, name="t", **options):
    """Creates a LocustTest that runs Locust, and its locustfiles."""
    if not case.get("ConfigMap", "locustfiles"):
        case.create_locustfiles()
    return case.create(real_test(case.testbed.target.url, name, **options))


def owner_of(one):
    [owner] = one["metadata"]["ownerReferences"]
    return owner


def test_a_distributed_test_passes(case):
    uid = start(case, workers=2, seconds=COUNTED)["metadata"]["uid"]
    connected = case.wait_for_condition("WorkersConnected", "True",
                                        "AllWorkersConnected")
    assert phase(connected.object) == "Running"
    assert condition(connected.object, "WorkersConnected")["message"] == \
        "2/2 workers connected (reported by the Locust master)"
    test = case.wait_for_phase("Succeeded").object
    status = test["status"]

    assert case.phases() == ["Pending", "Running", "Succeeded"]
    assert test["metadata"]["generation"] == 1
    assert "finalizers" not in test["metadata"]
    assert status["expectedWorkers"] == status["connectedWorkers"] == 2
    assert status["observedGeneration"] == 1
    assert status["startTime"] <= status["completionTime"]
    assert [(c["type"], c["status"], c["reason"])
            for c in status["conditions"]] == [
        ("Ready", "True", "ResourcesCreated"),
        ("WorkersConnected", "True", "AllWorkersConnected"),
        ("TestCompleted", "True", "TestSucceeded"),
        ("PodsHealthy", "True", condition(test, "PodsHealthy")["reason"])]

    for kind, names in (("Service", ["t-master"]),
                        ("Job", ["t-master", "t-worker"])):
        assert sorted(case.present(kind)) == names
        for one in case.present(kind).values():
            assert owner_of(one) == {
                "apiVersion": "locust.io/v2", "kind": "LocustTest",
                "name": "t", "uid": uid, "controller": True,
                "blockOwnerDeletion": True}


def test_the_history_and_the_events_tell_what_happened(case):
    start(case)
    case.wait_for_phase("Succeeded")
    case.wait_for_event("TestCompleted")
    history = case.history()
    kinds = [entry["kind"] for entry in history]
    numbers = [entry["sequence"] for entry in history]
    assert kinds[:4] == ["Accepted"] + 3 * ["ChildCreated"]
    assert kinds[-1] == "Ended"
    for once in ("Running", "TestStarted"):
        assert kinds.count(once) == 1
    assert numbers == sorted(set(numbers))
    assert [e["time"] for e in history] == sorted(e["time"] for e in history)

    events = case.events()
    assert {reason: len(some) for reason, some in events.items()} == {
        "Created": 1, "TestStarted": 1, "TestCompleted": 1}
    assert [e["message"] for e in events["Created"]] == [
        "Created Service t-master, Job t-master, Job t-worker"]
    for some in events.values():
        for event in some:
            assert event["count"] == 1
            assert event["type"] == "Normal"
            assert event["source"]["component"] == "locusttest-controller"
            assert event["reportingComponent"] == "locusttest-controller"
            assert event["involvedObject"]["apiVersion"] == "locust.io/v2"


def test_a_run_costs_few_writes(case):
    start(case, workers=2)
    case.wait_for_phase("Succeeded")
    case.wait_for_event("TestCompleted")
    writes = case.testbed.audit.writes(case.namespace)
    statuses = [w for w in writes if w[1] == "locusttests/status"]
    # One for each thing that happens, when none happens soon after another.
    assert 0 < len(statuses) <= 10, statuses
    assert all(code == 200 for *_, code in statuses), statuses
    assert not [w for w in writes if w[1] == "locusttests"], writes
    assert sorted(w[:2] for w in writes
                  if w[1] in ("jobs", "services")) == [
        ("create", "jobs"), ("create", "jobs"), ("create", "services")]


def test_kubectl_shows_it_and_waits_for_it(case):
    case.create_locustfiles()
    case.kubectl.apply(case.namespace, real_test(case.testbed.target.url,
                                                 seconds=COUNTED))
    waits = [subprocess.Popen(
        ["kubectl", "--kubeconfig", case.api.kubeconfig, "wait",
         "-n", case.namespace, "lotest/t", "--timeout=120s", f"--for={what}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
        for what in ("condition=TestCompleted",
                     "jsonpath={.status.phase}=Succeeded")]
    for wait in waits:
        output, _ = wait.communicate()
        assert wait.returncode == 0, output
        assert "condition met" in output
    [row] = case.kubectl.table("lotest", "-n", case.namespace)
    assert all(row.pop(column) for column in ("USERS", "RPS", "FAIL%", "AGE"))
    assert row == {"NAME": "t", "PHASE": "Succeeded", "WORKERS": "1",
                   "CONNECTED": "1"}
    described = case.kubectl.run("describe", "lotest", "t", "-n",
                                 case.namespace).stdout
    for word in ("TestCompleted", "Test completed successfully",
                 "Created Service t-master, Job t-master, Job t-worker"):
        assert word in described


def test_failed_requests_fail_the_test_with_the_exit_code(case):
    start(case, file="failing.py")
    test = case.wait_for_phase("Failed").object
    completed = condition(test, "TestCompleted")
    assert (completed["status"], completed["reason"]) == ("True", "TestFailed")
    assert "exit code 1" in completed["message"]
    assert condition(test, "Ready")["reason"] == "ResourcesFailed"
    # The exit code is a result, not trouble with pods.
    assert condition(test, "PodsHealthy")["status"] == "True"
    assert case.phases() == ["Pending", "Running", "Failed"]
    [event] = case.wait_for_event("TestFailed")
    assert event["type"] == "Warning"


def test_two_tests_run_side_by_side_and_one_has_no_web_ui(case):
    start(case, "left", seconds=COUNTED)
    start(case, "right", extra="--headless", seconds=COUNTED)
    for name, source in (("left", "reported by the Locust master"),
                         ("right", "ready worker pods")):
        test = case.wait_for_phase("Succeeded", name).object
        assert test["status"]["connectedWorkers"] == 1
        assert source in condition(test, "WorkersConnected")["message"]
        assert case.phases(name) == ["Pending", "Running", "Succeeded"]


def test_deleting_a_running_test_takes_everything_away(case):
    start(case, seconds=60)
    case.wait_for_phase("Running")
    case.delete("LocustTest", "t")
    wait_for("the LocustTest is gone", case.test, lambda t: not t)
    case.wait_for_event("Deleting")
    for kind in ("Service", "Job", "Pod"):
        wait_for(f"every {kind} is gone", lambda: case.present(kind),
                 lambda some: not some, timeout=60)
    last = case.seen.observations("LocustTest", case.namespace)[-1]
    assert last.what == "DELETED"
    assert phase(last.object) == "Running"


def test_an_edit_changes_nothing_and_shows_as_drift(case):
    start(case, seconds=12)
    case.wait_for_phase("Running")
    jobs = {name: job["spec"] for name, job in case.present("Job").items()}
    image = case.test()["spec"]["image"]

    case.patch("LocustTest", "t", {"spec": {"image": "other:1"}})
    drifted = case.wait_for_condition("SpecDrifted", "True",
                                      "SpecChangeIgnored", timeout=5)
    assert phase(drifted.object) == "Running"
    assert drifted.object["status"]["observedGeneration"] == 2
    case.patch("LocustTest", "t", {"spec": {"image": image}})
    restored = case.wait_for_condition("SpecDrifted", "False", "SpecRestored",
                                       timeout=5)
    assert restored.object["status"]["observedGeneration"] == 3

    case.wait_for_phase("Succeeded")
    assert {name: job["spec"] for name, job in
            case.present("Job").items()} == jobs


def test_a_service_called_locust_web_disturbs_no_test(case):
    """With service links, its variables would be options of Locust."""
    case.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "locust-web"},
                 "spec": {"selector": {"a": "b"}, "ports": [{"port": 8089}]}})
    start(case)
    case.wait_for_phase("Succeeded")


def test_the_last_words_of_locust_stand_in_the_status_of_its_pod(case):
    start(case, extra="--no-such-option")
    case.wait_for_phase("Failed")
    [pod] = case.pods_of("t-master")
    assert pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] == "t-master"
    [state] = [one["state"] for one in pod["status"]["containerStatuses"]
               if one["name"] == "t-master"]
    assert "unrecognized arguments: --no-such-option" in state["terminated"]["message"]
