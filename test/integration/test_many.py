"""A hundred tests at once, and a restart while they run."""

import time

import pytest

from support.objects import condition, locust_test
from support.waiting import wait_for

MANY = 100
ALL_CREATED_WITHIN = 30.0  # seconds; about 3 on an idle machine

# The goal without any test is less than 15 MB.
IDLE_BOUND = 30 << 20  # bytes
MANY_BOUND = 60 << 20  # bytes


@pytest.fixture(scope="module")
def hundred(testbed):
    """A namespace with a hundred LocustTests, and how long their Jobs took."""
    name = "many"
    testbed.api.create({"kind": "Namespace", "apiVersion": "v1",
                      "metadata": {"name": name}})
    idle = testbed.operator.resident_bytes()
    begin = time.monotonic()
    for i in range(MANY):
        testbed.api.create(locust_test(f"t{i}", workers=3), name)
    applied = time.monotonic()
    wait_for("200 Jobs", lambda: len(testbed.seen.present("Job", name)),
             lambda count: count == 2 * MANY, timeout=ALL_CREATED_WITHIN)
    created = time.monotonic()
    wait_for("all are ready", lambda: len(ready(testbed, name)),
             lambda count: count == MANY, timeout=ALL_CREATED_WITHIN)
    print(f"{MANY} tests: applied in {applied - begin:.1f} s, all Jobs "
          f"{created - applied:.1f} s later, idle {idle >> 20} MiB")
    yield name
    for test in testbed.seen.present("LocustTest", name):
        testbed.api.delete("LocustTest", name, test)


def ready(testbed, namespace):
    return [name for name, test in
            testbed.seen.present("LocustTest", namespace).items()
            if condition(test, "Ready").get("status") == "True"]


def test_idle_it_takes_little_memory(testbed):
    resident = testbed.operator.resident_bytes()
    anonymous = testbed.operator.resident_bytes("RssAnon")
    print(f"idle: {resident / (1 << 20):.1f} MiB resident, "
          f"{anonymous / (1 << 20):.1f} MiB its own")
    assert resident < IDLE_BOUND


def test_a_hundred_tests_get_their_jobs(testbed, hundred):
    resident = testbed.operator.resident_bytes()
    print(f"with {MANY} tests: {resident / (1 << 20):.1f} MiB resident")
    assert resident < MANY_BOUND
    refused = [w for w in testbed.audit.writes(hundred) if w[3] not in (200, 201)]
    assert refused == []
    counts = testbed.audit.count(hundred)
    assert counts[("create", "jobs")] == 2 * MANY
    assert counts[("create", "services")] == MANY
    statuses = counts[("patch", "locusttests/status")] + counts[
        ("update", "locusttests/status")]
    assert statuses <= 3 * MANY
    # An idle operator uses no CPU.
    before = testbed.operator.cpu_seconds()
    time.sleep(3)
    spent = testbed.operator.cpu_seconds() - before
    print(f"idle with {MANY} tests: {spent / 3:.1%} of a core")
    assert spent < 0.3


def test_a_restart_writes_nothing_that_is_written_already(testbed, hundred):
    testbed.operator.kill()
    mark = testbed.audit.now()
    seconds = testbed.operator.start()
    print(f"start with {MANY} tests: ready after {seconds * 1000:.0f} ms")
    time.sleep(2)
    writes = [w for w in testbed.audit.writes(hundred, mark)
              if w[1] != "events"]
    assert writes == []
    # It works: a new test gets its Jobs.
    testbed.api.create(locust_test("one-more"), hundred)
    wait_for("one more is ready", lambda: ready(testbed, hundred),
             lambda names: "one-more" in names, timeout=10)


def test_a_restart_in_the_middle_of_a_burst_loses_nothing(testbed):
    name = "burst"
    testbed.api.create({"kind": "Namespace", "apiVersion": "v1",
                      "metadata": {"name": name}})
    for i in range(30):
        testbed.api.create(locust_test(f"t{i}"), name)
        if i == 15:
            testbed.operator.kill()
    testbed.operator.start()
    wait_for("60 Jobs", lambda: len(testbed.seen.present("Job", name)),
             lambda count: count == 60, timeout=ALL_CREATED_WITHIN)
    wait_for("all are ready", lambda: len(ready(testbed, name)),
             lambda count: count == 30, timeout=ALL_CREATED_WITHIN)
    jobs = {}
    for observation in testbed.seen.observations("Job", name):
        jobs.setdefault(observation.name, set()).add(observation.uid)
    assert [job for job, uids in jobs.items() if len(uids) > 1] == []
    for i in range(30):
        testbed.api.delete("LocustTest", name, f"t{i}")
