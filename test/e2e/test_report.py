"""The report that Locust offers is the one that is kept."""

import urllib.request

from support.objects import real_test
from support.reports import files_of, report_of
from support.waiting import wait_for

# While the master stays, it can be asked for what the operator asked it for.
STAYS = {"enabled": True, "timeout": 30}
PATHS = {"requests.csv": "/stats/requests/csv",
         "report.html": "/stats/report?download=1",
         "failures.csv": "/stats/failures/csv",
         "exceptions.csv": "/exceptions/csv"}


def served_by(pod):
    """The files as the master serves them: {name: text}."""
    files = {}
    for name, path in PATHS.items():
        with urllib.request.urlopen(
                f"http://{pod['status']['podIP']}:8089{path}", timeout=10) as answer:
            files[name] = answer.read().decode()
    return files


def kept(case):
    """What is stored, as soon as it is."""
    test = case.first_test(report_of,
                           what="the report is settled").object
    assert report_of(test) == {"configMap": "t-report"}
    return files_of(case.get("ConfigMap", "t-report"))


def test_what_is_kept_is_what_locust_serves(case):
    case.create_locustfiles()
    case.create(real_test(case.testbed.target.url, workers=2, seconds=5,
                          file="failing.py", master__autoquit=STAYS))
    files = kept(case)
    [master] = case.pods_of("t-master")
    assert files == served_by(master)
    header, *rows = files["requests.csv"].splitlines()
    assert header.startswith("Type,Name,Request Count,Failure Count")
    assert rows[0].startswith("GET,/refused,")
    assert rows[-1].startswith(",Aggregated,")
    assert "/refused" in files["report.html"]
    assert "GET,/refused" in files["failures.csv"]
    done = case.wait_for_phase("Failed").object
    assert report_of(done) == {"configMap": "t-report"}
    case.delete("LocustTest", "t", propagationPolicy="Background")
    wait_for("the report goes with its test",
             lambda: case.get("ConfigMap", "t-report"), lambda one: one is None)
