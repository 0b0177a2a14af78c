"""The stage clang-tidy checks only files that have changed."""

import json
import subprocess

import pytest

from lib.shared import paths
from lib.test import clang_tidy, pypi

# Reports `bad` in the file and in its header.
PROGRAM = """#!/bin/sh
shift 4
echo "$1" >>"$(dirname "$0")/calls"
header=$(dirname "$1")/header.hpp
for file in "$1" "$header"; do
    if grep -q bad "$file"; then
        echo "$file:1:2: error: it is bad [check]"
        found=1
    fi
done
exit ${found:-0}
"""
BUILD = """rule compile
  command = touch $out && printf '$out: $in ../source/header.hpp' > $out.d
  depfile = $out.d
  deps = gcc
build one.o: compile ../source/one.cpp
build two.o: compile ../source/two.cpp
"""


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A build of two files that include one header."""
    monkeypatch.setenv("LOCUST_OPERATOR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(pypi, "clang_tidy", lambda: tmp_path / "program")
    clang_tidy._hash_of.cache_clear()
    (tmp_path / "program").write_text(PROGRAM)
    (tmp_path / "program").chmod(0o755)
    source = paths.tree_folder() / "source"
    folder = paths.tree_folder() / "dev"
    source.mkdir(parents=True)
    folder.mkdir()
    for name in ("one.cpp", "two.cpp", "header.hpp"):
        (source / name).write_text("good")
    (folder / "compile_commands.json").write_text(json.dumps([
        {"directory": str(folder), "file": str(source / f"{name}.cpp"),
         "command": f"c++ -o {name}.o -c {source}/{name}.cpp"}
        for name in ("one", "two")]))
    (folder / "build.ninja").write_text(BUILD)
    subprocess.run(["ninja", "-C", folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def checked(build, tmp_path):
    """Runs the stage; returns its tally and the checked files."""
    def run():
        calls = tmp_path / "calls"
        calls.write_text("")
        clang_tidy._hash_of.cache_clear()
        tally = clang_tidy.run(build)
        return tally, sorted(line.rpartition("/")[2]
                             for line in calls.read_text().splitlines())
    return run


def edit(build, name, text):
    (build.parent / "source" / name).write_text(text)


def test_a_clean_file_is_checked_once(checked):
    tally, files = checked()
    assert (tally.passed, tally.failed) == (2, 0)
    assert files == ["one.cpp", "two.cpp"]
    tally, files = checked()
    assert (tally.passed, tally.failed) == (2, 0)
    assert files == []


def test_a_changed_file_is_checked(build, checked):
    checked()
    edit(build, "two.cpp", "better")
    assert checked()[1] == ["two.cpp"]
    edit(build, "header.hpp", "better")
    assert checked()[1] == ["one.cpp", "two.cpp"]


def test_changed_flags_are_checked(build, checked):
    checked()
    commands = build / "compile_commands.json"
    commands.write_text(commands.read_text().replace("c++ -o one", "c++ -g -o one"))
    assert checked()[1] == ["one.cpp"]


def test_a_finding_is_reported_in_each_run(build, checked, capsys):
    edit(build, "one.cpp", "bad")
    for _ in range(2):
        tally, files = checked()
        assert tally.notes == ["FAILED clang-tidy one.cpp"]
        assert "one.cpp:1:2: error: it is bad" in capsys.readouterr().out
    assert files == ["one.cpp"]


def test_a_finding_in_a_header_is_reported_once(build, checked, capsys):
    edit(build, "header.hpp", "bad")
    tally, _ = checked()
    assert tally.failed == 2
    assert capsys.readouterr().out.count("it is bad") == 1
