"""The report of a run, from a scripted Locust master to a ConfigMap."""

import contextlib

from support.objects import condition, locust_test, phase
from support.reporting_master import REPORT, ReportingMaster
from support.reports import files_of, report_of
from support.waiting import wait_for

NAMES = ["requests.csv", "report.html", "failures.csv", "exceptions.csv"]
WHOLE = dict(zip(NAMES, REPORT.values(), strict=True))


@contextlib.contextmanager
def running(case, **options):
    """A run whose master is scripted and makes load."""
    with ReportingMaster(case.testbed.host_address, **options) as master:
        case.create(locust_test(master__command=master.command))
        case.jobs.job("t-worker")
        case.jobs.run_job("t-master", ip=master.address)
        master.state = "running"
        case.wait_for_event("TestStarted", timeout=30)
        yield master


def settled(case):
    """What the status says of the report when it is settled."""
    return report_of(case.seen.first(
        "LocustTest", case.namespace, "t", report_of, 60,
        "the report is settled").object)


def test_the_report_is_kept_when_the_load_has_stopped(case):
    with running(case) as master:
        master.state = "stopped"
        assert settled(case) == {"configMap": "t-report"}
        said = condition(case.test(), "TestCompleted")["message"]
        assert said == "The load has stopped; the Locust master is still up"
    kept = case.get("ConfigMap", "t-report")
    assert files_of(kept) == WHOLE
    assert kept["immutable"] is True
    [owner] = kept["metadata"]["ownerReferences"]
    assert owner["uid"] == case.test()["metadata"]["uid"]
    assert kept["metadata"]["labels"]["performance-test-name"] == "t"
    case.jobs.complete("t-master")
    done = case.wait_for_phase("Succeeded", timeout=10).object
    assert report_of(done) == {"configMap": "t-report"}


def test_a_name_of_another_object_is_avoided(case):
    case.create({"kind": "ConfigMap", "apiVersion": "v1",
                 "metadata": {"name": "t-report"}, "data": {"mine": "yes"}})
    with running(case) as master:
        master.state = "stopped"
        name = settled(case)["configMap"]
    assert name == f"t-report-{case.test()['metadata']['uid'][:8]}"
    assert files_of(case.get("ConfigMap", name)) == WHOLE
    assert case.get("ConfigMap", "t-report")["data"] == {"mine": "yes"}


def test_what_the_master_does_not_have_is_named(case):
    files = {"/stats/requests/csv": "r\r\n", "/stats/report": "x"}
    with running(case, files=files) as master:
        master.state = "stopped"
        report = settled(case)
    missing = ["failures.csv", "exceptions.csv"]
    why = "failures.csv, exceptions.csv: the Locust master answered 404"
    assert report == {"configMap": "t-report", "omitted": missing, "message": why}
    kept = case.get("ConfigMap", "t-report")
    assert sorted(files_of(kept)) == ["report.html", "requests.csv"]
    assert kept["metadata"]["annotations"]["locust.io/report-omitted"] == why


def test_a_restarted_operator_collects_once(case):
    with running(case) as master:
        master.state = "stopped"
        settled(case)
        asked = len(master.asked)
        case.testbed.operator.kill()
        case.testbed.operator.start()
        master.state = "running"
        wait_for("it makes load again", case.test, lambda test: condition(
            test, "TestCompleted")["message"] == "The test is running", timeout=60)
        master.state = "stopped"
        wait_for("it has stopped again", case.test, lambda test: condition(
            test, "TestCompleted")["message"].startswith("The load has stopped"),
            timeout=60)
        assert len(master.asked) == asked
    assert phase(case.test()) == "Running"
