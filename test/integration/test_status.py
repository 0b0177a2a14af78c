"""A status that other clients change."""

from support.objects import condition, locust_test, phase
from support.waiting import wait_for


def start(case):
    case.create(locust_test())
    return case.first_test(
        lambda test: condition(test, "Ready").get("status") == "True",
        timeout=5).object["status"]


def change(case, status):
    case.patch("LocustTest", "t", {"status": status}, "status")


def test_a_status_that_somebody_changes_is_put_right(case):
    stored = start(case)
    for spoiled in ({"phase": "Succeeded", "connectedWorkers": 99},
                    dict.fromkeys(stored)):
        change(case, spoiled)
        wait_for("the status is as before",
                 lambda: case.get("LocustTest", "t")["status"],
                 lambda status: status == stored)


def test_a_condition_of_another_controller_stays(case):
    stored = start(case)
    other = {"type": "example.com/Seen", "status": "True", "reason": "Seen",
             "message": "", "lastTransitionTime": stored["startTime"]}
    change(case, {"conditions": [*stored["conditions"], other]})
    case.jobs.run_job("t-master")
    running = case.first_test(lambda test: phase(test) == "Running",
                              timeout=5).object
    assert running["status"]["conditions"][-1] == other
