"""The script and the health check of docs/pipelines.md do what the page says."""

import base64
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from support.paths import ROOT

PAGE = (ROOT / "docs/pipelines.md").read_text()
TIMEOUT = 60  # seconds; the script takes a tenth of a second

# Answers like a cluster in which the test has ended, or never does. `$ANSWERS` has the
# outcome, and the ConfigMap with the report if there is one.
KUBECTL = """#!/usr/bin/env bash
echo "$*" >>"$ANSWERS/calls"
case $* in
    "create configmap "*) [[ -e locustfile.py ]] ;;
    "create -f -") cat >"$ANSWERS/created" ;;
    "wait "*)
        [[ ! -e $ANSWERS/endless ]] || exec sleep 60
        [[ -e $ANSWERS/outcome ]]
        ;;
    *jsonpath={.status.result.outcome}) cat "$ANSWERS/outcome" ;;
    *jsonpath={.status.result.report.configMap}) [[ ! -e $ANSWERS/report ]] || echo demo-report ;;
    *jsonpath={.status.result.report.message}) echo "it is headless" ;;
    "get lotest demo-1 -o json") echo '{}' ;;
    "get configmap demo-report "*) cat "$ANSWERS/report" ;;
esac
"""


def block(language, beginning):
    [found] = [text for text in re.findall(rf"(?ms)^```{language}\n(.*?)^```$", PAGE)
               if beginning in text]
    return found


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/kubectl").write_text(KUBECTL)
    (tmp_path / "bin/kubectl").chmod(0o755)
    (tmp_path / "load-test.sh").write_text(block("sh", "#!/usr/bin/env bash"))
    (tmp_path / "test.yaml").write_text(block("yaml", "name: RUN"))
    (tmp_path / "locustfile.py").touch()
    return tmp_path


def start(folder: Path):
    return subprocess.Popen(
        ["bash", "load-test.sh", "demo-1"], cwd=folder, text=True, start_new_session=True,
        stdout=subprocess.PIPE, env={"ANSWERS": str(folder / "answers"),
                                     "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"})


def run(folder):
    """Returns the exit code and the output."""
    with start(folder) as script:
        output, _ = script.communicate(timeout=TIMEOUT)
        return script.returncode, output


def calls(folder):
    file = folder / "answers/calls"
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize("outcome, code", [
    ("Passed", 0), ("RequestsFailed", 1), ("Errored", 2), ("Aborted", 2), ("Unknown", 2)])
def test_the_exit_code_of_the_script_is_that_of_the_outcome(folder, outcome, code):
    (folder / "answers/outcome").write_text(outcome)
    found, output = run(folder)
    assert (found, f"demo-1: {outcome}" in output) == (code, True)
    assert "no report: it is headless" in output


def test_the_script_creates_the_files_before_the_test(folder):
    (folder / "answers/outcome").write_text("Passed")
    run(folder)
    assert calls(folder)[:2] == ["create configmap demo-1 --from-file=locustfile.py",
                                 "create -f -"]
    created = yaml.safe_load((folder / "answers/created").read_text())
    assert created["metadata"]["name"] == "demo-1"
    assert created["spec"]["testFiles"]["configMapRef"] == "demo-1"


def test_the_script_unpacks_the_report(folder):
    (folder / "answers/outcome").write_text("Passed")
    (folder / "answers/report").write_text("".join(
        f"{name}.gz {base64.b64encode(gzip.compress(text)).decode()}\n"
        for name, text in (("report.html", b"<html>"), ("requests.csv", b"a,b\n"))))
    assert run(folder)[0] == 0
    assert (folder / "report/report.html").read_bytes() == b"<html>"
    assert (folder / "report/requests.csv").read_bytes() == b"a,b\n"
    assert json.loads((folder / "report/locusttest.json").read_text()) == {}


DELETION = "delete lotest demo-1 --ignore-not-found --wait=false"


def test_the_script_deletes_a_test_that_does_not_end(folder):
    assert run(folder)[0] == 2
    assert calls(folder)[-1] == DELETION


def test_a_cancelled_script_deletes_the_test(folder):
    (folder / "answers/endless").touch()
    with start(folder) as script:
        deadline = time.monotonic() + TIMEOUT
        while not any(call.startswith("wait ") for call in calls(folder)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        script.terminate()
        assert script.wait(TIMEOUT) == 2
        os.killpg(script.pid, signal.SIGKILL)  # kubectl wait
    assert calls(folder)[-1] == DELETION


def test_a_test_that_cannot_be_created_has_no_valid_result(folder):
    (folder / "locustfile.py").unlink()
    assert run(folder)[0] == 2
    assert len(calls(folder)) == 1


# -- the health check of Argo CD -------------------------------------------------

HEALTH = yaml.safe_load(block("yaml", "name: argocd-cm"))["data"][
    "resource.customizations.health.locust.io_LocustTest"]


def in_lua(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {in_lua(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(in_lua, value)) + "}"
    return json.dumps(value)


def health(obj):
    # Argo CD has an interpreter of Lua 5.1.
    script = (f"local obj = {in_lua(obj)}\nlocal function check()\n{HEALTH}\nend\n"
              "local hs = check()\nprint(hs.status .. ': ' .. hs.message)\n")
    done = subprocess.run(["lua5.1", "-"], input=script, text=True, check=True, timeout=TIMEOUT,
                          stdout=subprocess.PIPE)
    return done.stdout.strip()


def status(phase, **conditions):
    return {"status": {"phase": phase, "conditions": [
        {"type": kind, "status": value, "reason": reason, "message": f"about {kind}"}
        for kind, (value, reason) in conditions.items()]}}


READY = {"Ready": ("True", "ResourcesCreated"), "PodsHealthy": ("True", "PodsHealthy"),
         "TestCompleted": ("False", "TestInProgress")}


@pytest.mark.skipif(not shutil.which("lua5.1"), reason="lua5.1 is not installed: tools/setup build")
@pytest.mark.parametrize("obj, shown", [
    ({}, "Progressing: waiting for the operator"),
    ({"status": {}}, "Progressing: waiting for the operator"),
    ({"status": {"phase": "Pending"}}, "Progressing: Pending"),
    (status("Pending", **READY), "Progressing: about TestCompleted"),
    (status("Pending", **READY | {"Ready": ("False", "NameConflict")}),
     "Progressing: about Ready"),
    (status("Pending", **READY | {"PodsHealthy": ("False", "ImagePullError")}),
     "Progressing: about PodsHealthy"),
    (status("Pending", **READY | {"Ready": ("False", "Suspended")}), "Suspended: about Ready"),
    (status("Running", **READY), "Progressing: about TestCompleted"),
    (status("Succeeded", **READY), "Healthy: about TestCompleted"),
    (status("Failed", **READY | {"Ready": ("False", "ResourcesFailed"),
                                 "PodsHealthy": ("False", "PodLost")}),
     "Degraded: about TestCompleted"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_argo_cd_shows_what_becomes_of_the_test(obj, shown):
    assert health(obj) == shown
