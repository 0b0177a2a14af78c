"""How a run ends, when its pods end in other ways than Locust alone would."""

from support.objects import condition, locust_test, phase, real_test
from support.waiting import wait_for

SIDE_CAR = "before-locust"  # the kubelet lists it before the container t-master


def start(case, **options):
    case.create_locustfiles()
    return case.create(real_test(case.testbed.target.url, **options))


def completed(test):
    return condition(test, "TestCompleted")


def inject_side_car(case):
    """Adds an ordinary container to each pod of the namespace."""
    image = locust_test()["spec"]["image"]
    name = f"side-car-{case.namespace}"
    case.create({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingAdmissionPolicy", "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [{
                "apiGroups": [""], "apiVersions": ["v1"],
                "operations": ["CREATE"], "resources": ["pods"]}]},
            "failurePolicy": "Fail", "reinvocationPolicy": "Never",
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {
                "expression":
                    '[JSONPatch{op: "add", path: "/spec/containers/-", value: '
                    f'Object.spec.containers{{name: "{SIDE_CAR}", image: '
                    f'"{image}", imagePullPolicy: "IfNotPresent", command: '
                    '["sleep"], args: ["3600"]}}]'}}]}})
    case.create({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingAdmissionPolicyBinding", "metadata": {"name": name},
        "spec": {"policyName": name, "matchResources": {"namespaceSelector": {
            "matchLabels": {"kubernetes.io/metadata.name": case.namespace}}}}})


def has_side_car(pod):
    return any(c["name"] == SIDE_CAR for c in pod["spec"]["containers"])


def test_a_side_car_does_not_keep_a_run_from_ending(case):
    inject_side_car(case)
    # A policy takes effect a moment after its creation.
    probe = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe"},
             "spec": {"containers": [{"name": "t", "image": "none"}]}}

    def is_injected():
        made = case.create(probe)
        case.delete("Pod", "probe", gracePeriodSeconds=0)
        return has_side_car(made)

    wait_for("the policy adds a container", is_injected, timeout=30)
    start(case)
    pod = case.first("Pod", None, lambda pod: has_side_car(pod) and any(
        c["name"] == "t-master" and "terminated" in c["state"]
        for c in pod.get("status", {}).get("containerStatuses", [])))
    test = case.wait_for_phase("Succeeded", timeout=30).object
    assert SIDE_CAR in completed(test)["message"]
    assert pod.name in completed(test)["message"]
    # The log of Locust stays.
    assert case.present("Pod")[pod.name]["status"]["phase"] == "Running"


def test_the_master_decides_although_it_leaves_last(case):
    start(case, file="leaving.py",
          env__variables=[{"name": "UPLOAD_SECONDS", "value": "20"}])
    case.first("Job", "t-worker", lambda job: any(
        c["type"] == "Failed" for c in job.get("status", {}).get("conditions", [])))
    assert phase(case.test()) == "Running"
    test = case.wait_for_phase("Succeeded").object
    assert condition(test, "PodsHealthy")["reason"] == "CrashLoopBackOff"


def test_an_evicted_master_is_no_success(case):
    start(case, file="writing.py", seconds=120, master__resources={
        "limits": {"ephemeral-storage": "32Mi", "cpu": "1", "memory": "512Mi"},
        "requests": {"cpu": "10m", "memory": "64Mi"}})
    test = case.wait_for_phase("Failed", timeout=120).object
    message = completed(test)["message"]
    assert "lost: Evicted" in message and "ephemeral" in message, message
    assert condition(test, "PodsHealthy")["reason"] == "PodLost"


def test_a_deleted_master_is_no_success(case):
    start(case, seconds=60)
    case.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")
    [pod] = case.pods_of("t-master")
    case.delete("Pod", pod["metadata"]["name"])
    test = case.wait_for_phase("Failed").object
    assert "was deleted before it ended" in completed(test)["message"]
    assert condition(test, "PodsHealthy")["reason"] == "PodLost"


def test_the_last_words_of_locust_are_in_the_status(case):
    start(case, extra="# each second")
    test = case.wait_for_phase("Failed").object
    assert "it said: Unknown User(s): " in completed(test)["message"]


def is_suspended(job):
    return job["spec"].get("suspend")


def test_no_load_begins_after_a_failure(case):
    case.create(locust_test(image="docker.io/locust-operator/missing:local",
                            imagePullPolicy="Never"))
    case.wait_for_phase("Failed", timeout=60)
    for job in ("t-master", "t-worker"):
        case.first("Job", job, is_suspended, timeout=30)
    wait_for("the pods are gone", lambda: not case.present("Pod"), timeout=30)
    assert len(case.wait_for_event("Suspended")) == 2


def test_workers_do_not_wait_for_a_master_that_is_gone(case):
    # They would connect for 5 minutes.
    case.create_locustfiles()
    case.create(real_test(case.testbed.target.url, extra="--no-such-option"))
    test = case.wait_for_phase("Failed").object
    assert "unrecognized arguments: --no-such-option" in \
        completed(test)["message"]
    case.first("Job", "t-worker", is_suspended, timeout=30)
    # The pod of the master stays, for its log.
    assert case.pods_of("t-master")


def test_a_test_without_a_node_waits_until_its_limit(case):
    case.create(locust_test(scheduling__nodeSelector={"disk": "golden"},
                            startupTimeoutSeconds=case.testbed.grace + 15))
    test = case.wait_for_phase("Failed", timeout=60).object
    assert completed(test)["reason"] == "StartupTimeout"
    assert "0/1 nodes are available" in completed(test)["message"]


def test_a_suspended_run_goes_on(case):
    start(case, seconds=8)
    case.first("Job", "t-worker", lambda _: True)
    for job in ("t-master", "t-worker"):
        case.patch("Job", job, {"spec": {"suspend": True}})
    held = case.wait_for_condition("Ready", "False", "Suspended")
    assert phase(held.object) == "Pending"
    wait_for("the pods are gone", lambda: not case.present("Pod"), timeout=60)
    for job in ("t-master", "t-worker"):
        case.patch("Job", job, {"spec": {"suspend": False}})
    test = case.wait_for_phase("Succeeded").object
    assert condition(test, "Ready")["reason"] == "ResourcesCreated"
    assert condition(test, "PodsHealthy")["status"] == "True"
