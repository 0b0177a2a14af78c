""".ci/run starts with empty caches and leaves only reports."""

import os
import shutil
import signal
import subprocess

import pytest

from support.paths import ROOT

TIMEOUT = 20  # seconds

# Replaces tools/test: prints its cache folder, which must be empty, and creates a
# read-only folder in it, as Go does.
TEST = """#!/bin/bash
echo "$LOCUST_OPERATOR_CACHE $GOCACHE $GOMODCACHE $CI"
[ -z "$(ls "$XDG_CACHE_HOME")" ] || exit 9
mkdir -p "$GOMODCACHE/module" "$LOCUST_OPERATOR_CACHE/logs"
touch "$GOMODCACHE/module/file"
chmod 500 "$GOMODCACHE/module"
echo "why it failed" >"$LOCUST_OPERATOR_CACHE/logs/builder.log"
trap 'sleep 0.2; touch "$REACHED"; exit 4' TERM
echo started
"""


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree/.ci").mkdir(parents=True)
    (tmp_path / "tree/tools").mkdir()
    (tmp_path / "temporary").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / "tree/.ci")
    return tmp_path / "tree"


def start(tree, then):
    test = tree / "tools/test"
    test.write_text(TEST + then)
    test.chmod(0o755)
    return subprocess.Popen(
        [tree / ".ci/run"], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True, env={
            **os.environ, "TMPDIR": str(tree.parent / "temporary"),
            "REACHED": str(tree / "reached"),
            "LOCUST_OPERATOR_CACHE": "/that/of/this/machine"})


def left(tree):
    return list((tree.parent / "temporary").iterdir())


@pytest.mark.parametrize("code", [0, 3])
def test_all_caches_are_its_own_and_go_at_the_end(tree, code):
    run = start(tree, f"exit {code}")
    printed, output = run.communicate(timeout=TIMEOUT)
    assert run.returncode == code, output
    *caches, in_ci = printed.splitlines()[0].split()
    assert in_ci == "true"
    assert len(caches) == 3
    assert all(cache.startswith(str(tree.parent / "temporary/"))
               for cache in caches)
    assert left(tree) == []


def test_after_a_failure_the_logs_stay(tree):
    _, output = start(tree, "exit 3").communicate(timeout=TIMEOUT)
    reports = tree / "build/reports"
    assert (reports / "builder.log").read_text() == "why it failed\n"
    assert f"reports and logs are in {reports}" in output


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_on_a_signal_it_waits_until_the_tests_have_cleaned_up(tree, by):
    run = start(tree, "while :; do sleep 0.02; done")
    while run.stdout.readline() != "started\n":
        pass
    assert len(left(tree)) == 1
    run.send_signal(by)
    run.communicate(timeout=TIMEOUT)
    assert run.returncode == 4
    assert (tree / "reached").exists()
    assert left(tree) == []
