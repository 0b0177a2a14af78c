"""The status reports trouble in the cluster at once, with its cause."""

from datetime import datetime

from support.cluster import kill_processes_of
from support.objects import (
    condition,
    locust_test,
    locustfiles_map,
    phase,
    real_test,
)

# After a worker has failed, the operator waits 10 s for the master. The rest is for
# the Job controller on a busy machine.
ENDS_WITHIN = 30  # seconds


def pod_waits_with(*reasons):
    """A pod with a container that waits with one of these reasons."""

    def holds(pod):
        containers = pod.get("status", {}).get("containerStatuses", [])
        return any(c["state"].get("waiting", {}).get("reason") in reasons
                   for c in containers)

    return holds


def event_with(reason):
    return lambda event: event["reason"] == reason


def wait_for_trouble(case, reason, *words, cause, name="t"):
    """Waits until PodsHealthy is False with this reason and these words."""
    reported = case.first_test(
        lambda test: condition(test, "PodsHealthy").get("reason") == reason,
        name, what=f"PodsHealthy {reason}")
    found = condition(reported.object, "PodsHealthy")
    assert found["status"] == "False"
    for word in words:
        assert word in found["message"], found
    case.assert_reported_in_time(cause, reported)
    return reported


def fails_after_grace(case, reported, *words):
    """The run continues for the grace period, then fails with the reason."""
    assert phase(reported.object) in ("Pending", "Running")
    test = case.wait_for_phase("Failed", timeout=60).object
    assert condition(test, "PodsHealthy")["status"] == "False"
    completed = condition(test, "TestCompleted")
    for word in words:
        assert word in completed["message"], completed
    created = min(pod["metadata"]["creationTimestamp"]
                  for pod in case.present("Pod").values())
    lasted = (datetime.fromisoformat(test["status"]["completionTime"][:-1])
              - datetime.fromisoformat(created[:-1]))
    assert lasted.total_seconds() >= case.testbed.grace
    case.wait_for_event("TestFailed")


def test_a_missing_image(case):
    case.create(locust_test(image="docker.io/locust-operator/missing:local",
                            imagePullPolicy="IfNotPresent"))
    cause = case.first("Pod", None, pod_waits_with(
        "ErrImagePull", "ImagePullBackOff"))
    reported = wait_for_trouble(case, "ImagePullError", "pod(s) affected [", "t-",
                                "missing:local", cause=cause)
    fails_after_grace(case, reported, "ImagePullError")


def test_an_image_that_may_not_be_pulled(case):
    case.create(locust_test(image="docker.io/locust-operator/missing:local",
                            imagePullPolicy="Never"))
    cause = case.first("Pod", None, pod_waits_with("ErrImageNeverPull"))
    wait_for_trouble(case, "ImagePullError", "missing:local", cause=cause)


def test_a_missing_config_map_that_comes_in_time(case):
    case.create(real_test(case.testbed.target.url))
    cause = case.first("Event", None, event_with("FailedMount"))
    reported = wait_for_trouble(case, "ConfigurationError", "locustfiles",
                                "expected: locustfiles", cause=cause)
    assert phase(reported.object) in ("Pending", "Running")
    case.create(locustfiles_map())
    test = case.wait_for_phase("Succeeded").object
    assert condition(test, "PodsHealthy")["status"] == "True"


def test_a_missing_secret(case):
    case.create(locust_test(env__secretRefs=[{"name": "credentials"}]))
    cause = case.first("Pod", None,
                          pod_waits_with("CreateContainerConfigError"))
    reported = wait_for_trouble(case, "ConfigurationError",
                                'secret "credentials" not found',
                                cause=cause)
    fails_after_grace(case, reported, "credentials")


def test_a_missing_secret_volume(case):
    case.create(locust_test(env__secretMounts=[
        {"name": "certificates", "mountPath": "/certificates"}]))
    cause = case.first("Event", None, event_with("FailedMount"))
    wait_for_trouble(case, "ConfigurationError", 'secret "certificates" not found',
                     cause=cause)


def test_a_node_selector_that_no_node_has(case):
    case.create(locust_test(scheduling__nodeSelector={"disk": "golden"}))
    cause = case.first("Pod", None, lambda pod: any(
        c["type"] == "PodScheduled" and c["status"] == "False"
        for c in pod.get("status", {}).get("conditions", [])))
    reported = wait_for_trouble(case, "SchedulingError", "0/1 nodes are available",
                                cause=cause)
    assert phase(reported.object) == "Pending"


def test_a_quota_without_room_for_pods(case):
    case.create({"kind": "ResourceQuota", "apiVersion": "v1",
                 "metadata": {"name": "none"},
                 "spec": {"hard": {"pods": "0"}}})
    case.create(locust_test())
    cause = case.first("Event", None, event_with("FailedCreate"))
    reported = wait_for_trouble(case, "PodCreationFailed", "exceeded quota",
                                "Job(s) affected",
                                cause=cause)
    assert phase(reported.object) == "Pending"


def ended_badly(pod):
    return any(c["state"].get("terminated", {}).get("exitCode")
               for c in pod.get("status", {}).get("containerStatuses", []))


def test_a_worker_that_needs_too_much_memory(case):
    case.create_locustfiles()
    case.create(real_test(
        case.testbed.target.url, file="hungry.py", seconds=60, users=1,
        worker__resources={"limits": {"memory": "160Mi", "cpu": "2"},
                           "requests": {"memory": "16Mi", "cpu": "10m"}}))
    cause = case.first("Pod", None, ended_badly)
    wait_for_trouble(case, "CrashLoopBackOff", "OOMKilled", cause.name,
                     cause=cause)
    test = case.wait_for_phase("Failed", timeout=ENDS_WITHIN).object
    message = condition(test, "TestCompleted")["message"]
    for word in ("OOMKilled", cause.name):
        assert word in message


def start_running(case, **options):
    """Starts a test and waits until its workers are connected."""
    case.create_locustfiles()
    case.create(real_test(case.testbed.target.url, **options))
    case.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")


def crash(case, role):
    """Crashes one pod of the role; returns its name and the failed test."""
    victim = case.pods_of(f"t-{role}")[0]
    name = victim["metadata"]["name"]
    kill_processes_of(victim, "locust")
    cause = case.first("Pod", name, ended_badly)
    wait_for_trouble(case, "CrashLoopBackOff", name, "exited with code 137",
                     cause=cause)
    test = case.wait_for_phase("Failed", timeout=ENDS_WITHIN).object
    message = condition(test, "TestCompleted")["message"]
    assert name in message and "137" in message
    return test


def test_one_of_two_workers_crashes(case):
    start_running(case, workers=2, seconds=60)
    test = crash(case, "worker")
    assert test["status"]["connectedWorkers"] == 2


def test_the_master_crashes(case):
    start_running(case, seconds=60)
    crash(case, "master")


def evict_worker(case, grace, workers):
    """Evicts a worker with a grace period of `grace` seconds. Within this time Locust
    may exit with 0 or with the code of SIGTERM, or it is killed."""
    start_running(case, workers=workers, seconds=90)
    victim = case.pods_of("t-worker")[0]
    name = victim["metadata"]["name"]
    case.api.call(
        "POST", f"/api/v1/namespaces/{case.namespace}/pods/{name}/eviction",
        {"apiVersion": "policy/v1", "kind": "Eviction",
         "metadata": {"name": name, "namespace": case.namespace},
         "deleteOptions": {"gracePeriodSeconds": grace}})
    cause = case.first("Pod", name, lambda pod: any(
        c["type"] == "DisruptionTarget"
        for c in pod["status"].get("conditions", [])))
    return wait_for_trouble(case, "PodLost", name, "Evict", cause=cause), name


def assert_the_loss_fails(case, reported, pod):
    """The run fails however the pod ended, and is never healthy until then."""
    test = case.wait_for_phase(
        "Failed", timeout=case.testbed.grace + ENDS_WITHIN).object
    message = condition(test, "TestCompleted")["message"]
    for word in (pod, "Evict", "lost"):
        assert word.lower() in message.lower(), message
    since = [condition(observation.object, "PodsHealthy") for observation in
             case.seen.observations("LocustTest", case.namespace, "t")
             if observation.at >= reported.at]
    assert {(c["status"], c["reason"]) for c in since} == {("False", "PodLost")}
    # The loss ended the run, not the master.
    case.first("Job", "t-master", lambda job: job["spec"].get("suspend"),
               timeout=ENDS_WITHIN)
    for reason in ("PodFailure", "TestFailed"):
        case.wait_for_event(reason, timeout=ENDS_WITHIN)


def test_a_worker_is_evicted_and_killed(case):
    reported, pod = evict_worker(case, grace=0, workers=1)
    assert_the_loss_fails(case, reported, pod)


def test_a_worker_is_evicted_and_may_end_well(case):
    reported, pod = evict_worker(case, grace=20, workers=2)
    assert_the_loss_fails(case, reported, pod)


def test_a_deleted_service_comes_back_and_the_run_goes_on(case):
    start_running(case, seconds=10)
    jobs = uids(case, "Job")
    before = uids(case, "Service")
    case.delete("Service", "t-master")
    [event] = case.wait_for_event("ResourceDeleted")
    assert "Service" in event["message"] and "t-master" in event["message"]
    case.wait_for_phase("Succeeded")
    assert uids(case, "Job") == jobs
    after = uids(case, "Service")
    assert list(after) == ["t-master"] and after != before


def test_a_deleted_worker_job_comes_back_and_the_run_goes_on(case):
    start_running(case, seconds=25)
    before = uids(case, "Job")
    case.delete("Job", "t-worker", propagationPolicy="Background")
    [event] = case.wait_for_event("ResourceDeleted")
    assert "t-worker" in event["message"]
    back = case.first("Job", "t-worker", lambda job:
                      job["metadata"]["uid"] != before["t-worker"])
    assert back.object["metadata"]["ownerReferences"][0]["name"] == "t"
    case.wait_for_phase("Succeeded")
    assert uids(case, "Job")["t-master"] == before["t-master"]
    assert case.phases() == ["Pending", "Running", "Pending", "Running",
                             "Succeeded"]


def uids(case, kind):
    return {name: one["metadata"]["uid"]
            for name, one in case.present(kind).items()}


def test_two_tests_whose_names_give_the_same_children(case):
    case.create_locustfiles()
    case.create(real_test(case.testbed.target.url, "a.b"))
    case.first("Job", "a-b-worker", lambda _: True)
    case.create(real_test(case.testbed.target.url, "a-b"))
    reported = case.wait_for_condition("Ready", "False", "NameConflict", "a-b",
                                   timeout=5)
    message = condition(reported.object, "Ready")["message"]
    assert "a-b-master" in message and 'LocustTest "a.b"' in message
    case.wait_for_phase("Succeeded", "a.b")
    assert phase(case.test("a-b")) == "Pending"
    # The names are available when the first one is deleted.
    case.delete("LocustTest", "a.b")
    case.wait_for_phase("Succeeded", "a-b")
    owner = case.present("Job")["a-b-master"]["metadata"]["ownerReferences"]
    assert owner[0]["name"] == "a-b"


def test_a_foreign_service_of_the_same_name_is_left_alone(case):
    foreign = case.create({
        "kind": "Service", "apiVersion": "v1",
        "metadata": {"name": "t-master"},
        "spec": {"ports": [{"port": 80}], "clusterIP": "None"}})
    case.create(locust_test())
    reported = case.wait_for_condition("Ready", "False", "NameConflict", timeout=5)
    message = condition(reported.object, "Ready")["message"]
    assert "t-master" in message and "nobody" in message
    version = foreign["metadata"]["resourceVersion"]
    there = case.get("Service", "t-master")
    assert there["metadata"]["resourceVersion"] == version
    assert not case.present("Job")
    case.delete("Service", "t-master")
    case.first("Job", "t-worker", lambda _: True, timeout=10)
