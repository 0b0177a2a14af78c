"""What goes wrong in a cluster shows on the LocustTest at once, in words."""

from datetime import datetime

from support.cluster import kill_processes_of
from support.objects import (
    condition,
    locust_test,
    locustfiles_map,
    phase,
    real_test,
)

# When a worker has failed, the master may have the last word for 10 s; the rest
# is for the Job controller, on a busy machine.
ENDS_WITHIN = 30  # seconds


def pod_waits_with(*reasons):
    """A pod whose container waits for one of these reasons."""

    def holds(pod):
        containers = pod.get("status", {}).get("containerStatuses", [])
        return any(c["state"].get("waiting", {}).get("reason") in reasons
                   for c in containers)

    return holds


def event_with(reason):
    return lambda event: event["reason"] == reason


def sick(case, reason, *words, reported, name="t"):
    """PodsHealthy turned False with this reason in time, with these words."""
    told = case.first_test(
        lambda test: condition(test, "PodsHealthy").get("reason") == reason,
        name, what=f"PodsHealthy {reason}")
    found = condition(told.object, "PodsHealthy")
    assert found["status"] == "False"
    for word in words:
        assert word in found["message"], found
    case.assert_told_in_time(reported, told)
    return told


def fails_after_grace(case, told, *words):
    """The run goes on for the grace period and then fails with the reason."""
    assert phase(told.object) in ("Pending", "Running")
    test = case.wait_for_phase("Failed", timeout=60).object
    assert condition(test, "PodsHealthy")["status"] == "False"
    completed = condition(test, "TestCompleted")
    for word in words:
        assert word in completed["message"], completed
    created = min(pod["metadata"]["creationTimestamp"]
                  for pod in case.present("Pod").values())
    lasted = (datetime.fromisoformat(test["status"]["completionTime"][:-1])
              - datetime.fromisoformat(created[:-1]))
    assert lasted.total_seconds() >= case.world.grace
    case.wait_for_event("TestFailed")


def test_a_missing_image(case):
    case.create(locust_test(image="docker.io/locust-operator/missing:local",
                            imagePullPolicy="IfNotPresent"))
    reported = case.first("Pod", None, pod_waits_with(
        "ErrImagePull", "ImagePullBackOff"))
    told = sick(case, "ImagePullError", "pod(s) affected [", "t-",
                "missing:local", reported=reported)
    fails_after_grace(case, told, "ImagePullError")


def test_an_image_that_may_not_be_pulled(case):
    case.create(locust_test(image="docker.io/locust-operator/missing:local",
                            imagePullPolicy="Never"))
    reported = case.first("Pod", None, pod_waits_with("ErrImageNeverPull"))
    sick(case, "ImagePullError", "missing:local", reported=reported)


def test_a_missing_config_map_that_comes_in_time(case):
    case.create(real_test(case.world.target.url))
    reported = case.first("Event", None, event_with("FailedMount"))
    told = sick(case, "ConfigurationError", "locustfiles",
                "expected: locustfiles", reported=reported)
    assert phase(told.object) in ("Pending", "Running")
    case.create(locustfiles_map())
    test = case.wait_for_phase("Succeeded").object
    assert condition(test, "PodsHealthy")["status"] == "True"


def test_a_missing_secret(case):
    case.create(locust_test(env__secretRefs=[{"name": "credentials"}]))
    reported = case.first("Pod", None,
                          pod_waits_with("CreateContainerConfigError"))
    told = sick(case, "ConfigurationError", 'secret "credentials" not found',
                reported=reported)
    fails_after_grace(case, told, "credentials")


def test_a_missing_secret_volume(case):
    case.create(locust_test(env__secretMounts=[
        {"name": "certificates", "mountPath": "/certificates"}]))
    reported = case.first("Event", None, event_with("FailedMount"))
    sick(case, "ConfigurationError", 'secret "certificates" not found',
         reported=reported)


def test_a_node_selector_that_no_node_has(case):
    case.create(locust_test(scheduling__nodeSelector={"disk": "golden"}))
    reported = case.first("Pod", None, lambda pod: any(
        c["type"] == "PodScheduled" and c["status"] == "False"
        for c in pod.get("status", {}).get("conditions", [])))
    told = sick(case, "SchedulingError", "0/1 nodes are available",
                reported=reported)
    fails_after_grace(case, told, "SchedulingError")


def test_a_quota_without_room_for_pods(case):
    case.create({"kind": "ResourceQuota", "apiVersion": "v1",
                 "metadata": {"name": "none"},
                 "spec": {"hard": {"pods": "0"}}})
    case.create(locust_test())
    reported = case.first("Event", None, event_with("FailedCreate"))
    told = sick(case, "PodCreationFailed", "exceeded quota", "Job(s) affected",
                reported=reported)
    assert phase(told.object) == "Pending"


def ended_badly(pod):
    return any(c["state"].get("terminated", {}).get("exitCode")
               for c in pod.get("status", {}).get("containerStatuses", []))


def test_a_worker_that_needs_too_much_memory(case):
    case.create_locustfiles()
    case.create(real_test(
        case.world.target.url, file="hungry.py", seconds=60, users=1,
        worker__resources={"limits": {"memory": "160Mi", "cpu": "2"},
                           "requests": {"memory": "16Mi", "cpu": "10m"}}))
    reported = case.first("Pod", None, ended_badly)
    sick(case, "CrashLoopBackOff", "OOMKilled", reported.name,
         reported=reported)
    test = case.wait_for_phase("Failed", timeout=ENDS_WITHIN).object
    message = condition(test, "TestCompleted")["message"]
    for word in ("OOMKilled", reported.name):
        assert word in message


def start_running(case, **options):
    """A real test with its workers connected."""
    case.create_locustfiles()
    case.create(real_test(case.world.target.url, **options))
    case.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")


def crash(case, role):
    """One pod of the role dies; returns its name and how the test ended."""
    victim = case.pods_of(f"t-{role}")[0]
    name = victim["metadata"]["name"]
    kill_processes_of(victim, "locust")
    reported = case.first("Pod", name, ended_badly)
    sick(case, "CrashLoopBackOff", name, "exited with code 137",
         reported=reported)
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
    """Evicts a worker with `grace` seconds to end. Locust may end well in
    that time, with SIGTERM's exit code, or be killed."""
    start_running(case, workers=workers, seconds=90)
    victim = case.pods_of("t-worker")[0]
    name = victim["metadata"]["name"]
    case.api.call(
        "POST", f"/api/v1/namespaces/{case.namespace}/pods/{name}/eviction",
        {"apiVersion": "policy/v1", "kind": "Eviction",
         "metadata": {"name": name, "namespace": case.namespace},
         "deleteOptions": {"gracePeriodSeconds": grace}})
    reported = case.first("Pod", name, lambda pod: any(
        c["type"] == "DisruptionTarget"
        for c in pod["status"].get("conditions", [])))
    return sick(case, "PodLost", name, "Evict", reported=reported), name


def nothing_makes_up_for(case, told, pod):
    """However the pod ended: the run fails, and never looks well until then."""
    test = case.wait_for_phase(
        "Failed", timeout=case.world.grace + ENDS_WITHIN).object
    message = condition(test, "TestCompleted")["message"]
    for word in (pod, "Evict", "lost"):
        assert word.lower() in message.lower(), message
    since = [condition(sight.object, "PodsHealthy") for sight in
             case.seen.sights("LocustTest", case.namespace, "t")
             if sight.at >= told.at]
    assert {(c["status"], c["reason"]) for c in since} == {("False", "PodLost")}
    # It was the loss that ended the run, not the master.
    assert case.present("Job")["t-master"]["status"].get("active") == 1
    for reason in ("PodFailure", "TestFailed"):
        case.wait_for_event(reason, timeout=ENDS_WITHIN)


def test_a_worker_is_evicted_and_killed(case):
    told, pod = evict_worker(case, grace=0, workers=1)
    nothing_makes_up_for(case, told, pod)


def test_a_worker_is_evicted_and_may_end_well(case):
    told, pod = evict_worker(case, grace=20, workers=2)
    nothing_makes_up_for(case, told, pod)


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
    case.create(real_test(case.world.target.url, "a.b"))
    case.first("Job", "a-b-worker", lambda _: True)
    case.create(real_test(case.world.target.url, "a-b"))
    told = case.wait_for_condition("Ready", "False", "NameConflict", "a-b",
                                   timeout=5)
    message = condition(told.object, "Ready")["message"]
    assert "a-b-master" in message and 'LocustTest "a.b"' in message
    case.wait_for_phase("Succeeded", "a.b")
    assert phase(case.test("a-b")) == "Pending"
    # The names are free once the first is gone.
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
    told = case.wait_for_condition("Ready", "False", "NameConflict", timeout=5)
    message = condition(told.object, "Ready")["message"]
    assert "t-master" in message and "nobody" in message
    version = foreign["metadata"]["resourceVersion"]
    there = case.get("Service", "t-master")
    assert there["metadata"]["resourceVersion"] == version
    assert not case.present("Job")
    case.delete("Service", "t-master")
    case.first("Job", "t-worker", lambda _: True, timeout=10)
