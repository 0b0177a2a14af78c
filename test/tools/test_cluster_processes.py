"""Processes are identified by id and start time, not by name."""

import os
from pathlib import Path

import pytest

from lib.cluster import processes

STAT = "{pid} (a (strange) name) S " + "0 " * 18 + "{start} 0 0\n"


@pytest.fixture
def sleeper(tmp_path):
    file = tmp_path / "run/sleeper.pid"
    process = processes.spawn(file, ["sleep", "60"], tmp_path / "log")
    yield file
    process.kill()
    process.wait()


def test_a_stat_line_is_read_whatever_the_name_in_it():
    line = STAT.format(pid=17, start=4711)
    assert processes.identity(line) == (17, 4711, "S")


@pytest.mark.parametrize("line", ["", "17", "17 (sh) S 1 2"])
def test_an_incomplete_line_has_no_process(line):
    assert processes.identity(line) is None


def test_a_spawned_process_writes_its_file_itself(sleeper):
    pid = processes.pid_of(sleeper)
    assert pid != os.getpid()
    assert Path(f"/proc/{pid}/comm").read_text() == "sleep\n"


def test_kill_ends_it_and_says_that_all_are_gone(sleeper):
    assert processes.kill([sleeper]) == []
    assert processes.pid_of(sleeper) is None


def test_an_id_that_another_process_has_now_is_left_alone(sleeper, tmp_path):
    pid = processes.pid_of(sleeper)
    stale = tmp_path / "stale.pid"
    start = processes.identity(sleeper.read_text())[1]
    stale.write_text(STAT.format(pid=pid, start=start - 1))
    assert processes.pid_of(stale) is None
    assert processes.kill([stale]) == []
    assert processes.pid_of(sleeper) == pid


def test_missing_and_empty_files_have_no_process(tmp_path):
    (tmp_path / "empty.pid").touch()
    for name in ("empty.pid", "missing.pid"):
        assert processes.pid_of(tmp_path / name) is None


def test_a_program_that_ends_at_once_is_noticed(tmp_path):
    file = tmp_path / "false.pid"
    process = processes.spawn(file, ["false"], tmp_path / "log")
    assert process.wait() == 1
    assert processes.pid_of(file) is None


def test_the_child_of_a_waiting_parent_is_found(tmp_path):
    file = tmp_path / "parent.pid"
    process = processes.spawn(file, ["sh", "-c", "sleep 60; :"],
                              tmp_path / "log")
    while (child := processes.child_of(process.pid)) is None:
        pass
    assert processes.child_of(child) is None
    process.kill()
    os.kill(child, 9)
    process.wait()
