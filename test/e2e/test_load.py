"""What the status says of Locust while it runs: who is connected, and whether load is
made."""

import json
import urllib.parse
import urllib.request

from support.objects import condition, phase, real_test
from support.waiting import wait_for

WAITS_FOR_START = ("The Locust master is up and waits for a start of the test in its web "
                   "UI")


def start(case, **options):
    case.create_locustfiles()
    return case.create(real_test(case.testbed.target.url, **options))


def said(case):
    """What TestCompleted says."""
    return condition(case.test(), "TestCompleted").get("message")


def test_workers_that_leave_are_not_connected(case):
    start(case, file="workers_quit.py", workers=2, seconds=60)
    case.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")
    wait_for("the worker Job is Complete", lambda: case.get("Job", "t-worker"),
             lambda job: job.get("status", {}).get("succeeded") == 2, timeout=60)
    test = wait_for("nobody is connected", case.test,
                    lambda t: t["status"]["connectedWorkers"] == 0, timeout=20)
    assert phase(test) == "Running"
    assert condition(test, "WorkersConnected")["reason"] == "WorkersMissing"
    done = case.wait_for_phase("Succeeded").object
    assert done["status"]["connectedWorkers"] == 2


def test_nothing_runs_before_the_click(case):
    start(case, workers=1, master__autostart=False, master__autoquit={"enabled": False})
    case.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")
    wait_for("it waits", lambda: said(case), lambda words: words == WAITS_FOR_START,
             timeout=30)
    assert phase(case.test()) == "Running"
    assert "TestStarted" not in case.events()
    [master] = case.pods_of("t-master")
    form = {"user_count": 1, "spawn_rate": 1, "run_time": "60s",
            "host": case.testbed.target.url}
    urllib.request.urlopen(
        f"http://{master['status']['podIP']}:8089/swarm",
        data=urllib.parse.urlencode(form).encode(), timeout=10).close()
    case.wait_for_event("TestStarted", timeout=30)
    assert said(case) == "The test is running"


def test_a_master_that_is_headless_by_a_variable_is_estimated(case):
    case.api.create({"kind": "ConfigMap", "apiVersion": "v1",
                     "metadata": {"name": "options"},
                     "data": {"LOCUST_HEADLESS": "true"}}, case.namespace)
    start(case, workers=2, seconds=30,
          env={"configMapRefs": [{"name": "options"}]})
    test = case.wait_for_condition("WorkersConnected", "True",
                                   "AllWorkersConnected").object
    assert "2/2 workers connected (an estimate: ready worker pods" in condition(
        test, "WorkersConnected")["message"]
    [event] = case.wait_for_event("TestStarted")
    assert "an estimate" in event["message"]
    assert case.wait_for_phase("Succeeded").object["status"]["connectedWorkers"] == 2


def test_several_processes_of_a_pod_are_told(case):
    start(case, workers=2, seconds=20, worker__extraArgs=["--processes=2"])
    test = case.wait_for_condition("WorkersConnected", "True",
                                   "AllWorkersConnected").object
    wait_for("all processes", case.test,
             lambda t: "4/2 workers connected (reported by the Locust master; 4 Locust "
             "processes in 2 of 2 pods)" in condition(t, "WorkersConnected")["message"],
             timeout=30)
    assert phase(test) == "Running"


def test_the_figures_are_those_of_locust(case):
    start(case, workers=2, users=4, seconds=25)

    def load(test):
        return test.get("status", {}).get("load", {})

    shown = load(case.first_test(
        lambda test: load(test).get("state") == "running" and "p95" in load(test)
        and load(test)["requestsPerSecond"] > 0, what="figures of a load").object)
    assert (shown["users"], shown["targetUsers"]) == (4, 4)
    assert shown["failRatio"] == shown["failPercent"] == shown["failures"] == 0
    assert 0 < shown["p50"] <= shown["p95"]
    workers = shown["workers"]
    assert (workers["connected"], workers["missing"]) == (2, 0)
    assert 0 <= workers["busiestCPU"] < 100
    [master] = case.pods_of("t-master")
    with urllib.request.urlopen(
            f"http://{master['status']['podIP']}:8089/stats/requests", timeout=10) as answer:
        said = json.load(answer)
    later = load(case.first_test(
        lambda test: load(test).get("requests", 0) > max(
            shown["requests"], said["stats"][-1]["num_requests"] - 1),
        what="what Locust says").object)
    assert later["sampledAt"] > shown["sampledAt"]
    done = case.wait_for_phase("Succeeded").object
    assert load(done)["requests"] >= later["requests"]


def test_failures_are_counted(case):
    start(case, workers=1, users=2, seconds=20, file="failing.py")
    shown = case.first_test(
        lambda test: test.get("status", {}).get("load", {}).get("failures", 0) > 0,
        what="failures").object["status"]["load"]
    assert 0 < shown["failRatio"] <= 1
    assert shown["failPercent"] == round(100 * shown["failRatio"], 2)
    assert shown["failures"] <= shown["requests"]


def test_without_an_image_nothing_runs(case):
    start(case, image="docker.io/locustio/locust:no-such-tag",
          imagePullPolicy="IfNotPresent")
    case.wait_for_condition("PodsHealthy", "False", "ImagePullError")
    assert case.phases() == ["Pending"]
    case.wait_for_phase("Failed")
    assert case.phases() == ["Pending", "Failed"]
