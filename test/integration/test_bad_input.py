"""Inputs that are larger, longer or stranger than what people write, on a real API
server: each is refused, ends in a clear condition, or is carried to the Jobs. They cost
bounded memory, and others do not wait for them."""

import base64
import random
import shlex
import time
import zlib

import pytest

from support.case import Case
from support.job_controller import JobController
from support.objects import condition, locust_test
from support.waiting import wait_for

MIB = 1 << 20
DICE = random.Random(1)
WITHIN = 15.0  # seconds; the slowest takes 3
# Of a test in another namespace until its Jobs exist; 0.05 s is usual.
OTHERS_WITHIN = 1.0
# Resident, after all inputs; 10 MiB before them.
MEMORY_BOUND = 64 * MIB


def noise(size):
    """So many characters that cannot be compressed to less than half."""
    return DICE.randbytes(size // 2).hex()


def named(count, **more):
    return [{"name": f"v{n}", **more} for n in range(count)]


CARRIED = {
    "a command of 1 MB": {"master__command": "-f a.py --tags" + " smoke" * 170_000},
    "a command of 900 kB that cannot be compressed": {
        "worker__command": f"-f a.py --tags {noise(900_000)}"},
    "a thousand labels": {"master__labels": {f"l{n}": "x" * 63 for n in range(1000)}},
    "a thousand variables": {"env__variables": named(1000, value="x" * 300)},
    "a thousand Secrets": {"env__secretRefs": named(1000)},
    "as many volumes as a pod can have": {
        "volumes": named(150, emptyDir={}),
        "volumeMounts": [{"name": f"v{n}", "mountPath": f"/v/{n}"} for n in range(150)]},
    "a long image": {"image": "registry.example.com/" + "x" * 100_000},
    "control characters": {
        "env__variables": [{"name": "A", "value": "\x00\x01\x07\x1b[31m\x7f\t\r\n\u2028\ufffe"}],
        "master__command": "-f a.py --tags 'a\x00b\x01\x1b[31m' 'c\nd'"},
    "text in all scripts": {
        "env__variables": [{"name": "A", "value": "שלום 你好 🦗 \U0010ffff e\u0301"}],
        "worker__command": "-f a.py --tags '🦗 שלום'"},
}


@pytest.mark.parametrize("changes", CARRIED.values(), ids=CARRIED)
def test_it_is_carried(case, changes):
    body = locust_test(**changes)
    case.create(body)
    case.wait_for_condition("Ready", "True", "ResourcesCreated", timeout=WITHIN)
    for role in ("master", "worker"):
        pod = case.get("Job", f"t-{role}")["spec"]["template"]
        container = pod["spec"]["containers"][0]
        wanted = shlex.split(body["spec"][role]["command"])
        assert container["args"][:len(wanted)] == wanted
        assert container["image"] == body["spec"]["image"]
        of_test = body["spec"]
        for name, value in of_test[role].get("labels", {}).items():
            assert pod["metadata"]["labels"][name] == value
        env = {one["name"]: one.get("value") for one in container["env"]}
        for one in of_test.get("env", {}).get("variables", []):
            assert env[one["name"]] == one["value"]
        assert len(container.get("envFrom", [])) == len(
            of_test.get("env", {}).get("secretRefs", []))
        assert len(of_test.get("volumes", [])) <= len(pod["spec"].get("volumes", []))


TOO_MUCH = {
    "annotations of 300 kB": (
        {"master__annotations": {f"a{n}": "x" * 300 for n in range(1000)}},
        ["Job t-master", "annotations: Too long"]),
    "a resource that there is not": (
        {"worker__resources": {"requests": {"x" * 5000: "1"}}}, ["Job t-worker", "xxx"]),
}


@pytest.mark.parametrize("changes, words", TOO_MUCH.values(), ids=TOO_MUCH)
def test_it_ends_in_a_clear_condition(case, changes, words):
    case.create(locust_test(**changes))
    seen = case.wait_for_condition("Ready", "False", "ResourcesFailed", timeout=WITHIN)
    message = condition(seen.object, "Ready")["message"]
    for word in words:
        assert word in message
    assert len(message) < 2000


# -- a status that other clients have written ---------------------------------------

LATER, EARLIER = "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"


def entry(sequence, kind="Accepted", time=LATER, **data):
    return {"sequence": sequence, "time": time, "kind": kind, "detail": "\x01" * 2048,
            "data": data}


GARBAGE = {
    "times in the future and the past": {"startTime": LATER, "completionTime": EARLIER},
    "an end without a beginning": {"phase": "Failed", "completionTime": LATER, "history": None},
    "a history of nonsense": {"history": [
        entry(2**63 - 1, "Ended"), entry(1, "\x00"), entry(1, "Running", EARLIER, x="y" * 9000)]},
    "64 entries with data of 10 kB": {"history": [
        entry(n + 1, "Running", x="y" * 10_000) for n in range(64)]},
    "a hundred conditions with long messages": {"conditions": [
        {"type": f"example.com/C{n}", "status": "Unknown", "reason": "R",
         "message": "\u00e9" * 4_000, "lastTransitionTime": LATER} for n in range(100)]},
    "a spec of the run that is nested deeply": {"runSpec": "[" * 400_000},
    "a spec of the run that is no JSON": {"runSpec": "\x00" + "{" * 1000},
    "a compressed spec that becomes 100 MB": {"runSpec": None, "compressedRunSpec":
        base64.b64encode(zlib.compress(b"[" * 100_000_000, 9)).decode()},
    "impossible numbers": {"observedGeneration": 2**63 - 1, "expectedWorkers": -2**31,
                           "connectedWorkers": 2**31 - 1,
                           "load": {"users": -2**63, "requestsPerSecond": 1e308}},
    "a result that is not ours": {"result": {"outcome": "Passed", "p95": -1.5,
                                             "message": "x" * 100_000}},
}


def spoil(case, changes):
    case.patch("LocustTest", "t", {"status": changes}, "status")


def ready(case):
    return case.first_test(lambda test: condition(test, "Ready").get("status") == "True",
                           timeout=WITHIN).object["status"]


@pytest.mark.parametrize("changes", GARBAGE.values(), ids=GARBAGE)
def test_garbage_in_the_status_is_put_right(case, changes):
    case.create(locust_test())
    stored = ready(case)
    spoil(case, changes)
    wait_for("the status is as before", lambda: own(case.get("LocustTest", "t")["status"]),
             lambda status: status == own(stored), timeout=WITHIN)


def own(status):
    """Without the conditions of others, which stay."""
    return {**status, "conditions": [one for one in status["conditions"]
                                     if "/" not in one["type"]]}


@pytest.fixture(scope="module")
def started_among_garbage(testbed):
    """One LocustTest for each kind of garbage, which was stored while no operator ran."""
    cases = {name: Case(testbed, "garbage " + name) for name in GARBAGE}
    for case in cases.values():
        case.jobs = JobController(case.api, case.namespace)
        case.create(locust_test())
    for case in cases.values():
        ready(case)
    testbed.operator.kill()
    for name, case in cases.items():
        spoil(case, GARBAGE[name])
    testbed.operator.start()
    yield cases
    for case in cases.values():
        case.close()


@pytest.mark.parametrize("name", GARBAGE)
def test_an_operator_that_starts_among_garbage_works(started_among_garbage, testbed, name):
    """It may believe what is stored until something happens, but it makes no second
    load, and takes the run to its end."""
    case = started_among_garbage[name]
    case.jobs.complete("t-master")
    case.jobs.complete("t-worker")
    wait_for("the end of the run", lambda: case.get("LocustTest", "t")["status"],
             lambda status: status.get("phase") in ("Succeeded", "Failed")
             and status.get("observedGeneration") == 1, timeout=WITHIN)
    assert testbed.operator.runs
    case.testbed.audit.catch_up(case.api, case.namespace)
    made = [row[1:3] for row in case.testbed.audit.writes(case.namespace)
            if row[0] == "create" and row[1] == "jobs" and row[3] == 201]
    assert sorted(made) == [("jobs", "t-master"), ("jobs", "t-worker")]


# -- others ---------------------------------------------------------------------------


def test_others_do_not_wait_for_strange_inputs(case, testbed):
    """While strange tests come, one after the other, in another namespace."""
    others = Case(testbed, "others")
    waited = []
    bodies = [locust_test(f"t{n}", **changes) for n, changes in enumerate(
        [*CARRIED.values(), *(changes for changes, _ in TOO_MUCH.values())])]
    for n, body in enumerate(bodies):
        case.create(body)
        begin = time.monotonic()
        others.create(locust_test(f"o{n}"))
        wait_for("both Jobs", lambda name=f"o{n}": others.get("Job", f"{name}-worker"),
                 timeout=WITHIN, pause=0.01)
        waited.append(time.monotonic() - begin)
    others.close()
    print(f"others waited {max(waited) * 1000:.0f} ms at most")
    assert max(waited) < OTHERS_WITHIN


def test_memory_stays_bounded(testbed):
    """The last test of this module."""
    def resident():
        return testbed.operator.resident_bytes()

    seen = wait_for("the memory is released", resident,
                    lambda size: size < MEMORY_BOUND, timeout=WITHIN)
    peak = testbed.operator.resident_bytes("VmHWM")
    print(f"{seen / MIB:.1f} MiB resident, {peak / MIB:.1f} MiB at the peak")
