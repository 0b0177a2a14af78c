"""tools/soak finds the shortest plan of disturbances that breaks a rule."""

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib.shared import builds
from lib.soak.cli import Soak
from lib.soak.shrink import shortest
from lib.soak.simulation import Simulation, kind_of
from support.paths import ROOT


@pytest.mark.parametrize("needed", [
    set(), {1}, {20}, {3, 7}, {1, 2, 3}, {1, 10, 20}, set(range(1, 21))])
def test_the_shortest_plan_is_what_is_needed(needed):
    assert set(shortest(range(1, 21), needed.issubset)) == needed


def test_of_two_causes_one_is_left():
    plan = shortest(range(1, 10), lambda kept: {2, 8} <= set(kept) or 5 in kept)
    assert plan == [5]


def test_nothing_of_the_result_can_be_left_out():
    def breaks(kept):
        return sum(kept) % 7 == 3

    for plan in itertools.chain([range(1, 3)], [range(1, n) for n in (9, 16)]):
        if breaks(plan):
            kept = shortest(plan, breaks)
            assert breaks(kept)
            assert not any(breaks([x for x in kept if x != one]) for one in kept)


def test_numbers_and_names_do_not_make_another_rule():
    assert kind_of("9 requests after 2 disturbances") == kind_of(
        "81 requests after 10 disturbances")
    assert kind_of('operator-1 believes "Failed"') == kind_of(
        'operator-0 believes "Running"')
    assert kind_of("the phase went back") != kind_of("startTime changed")


@pytest.fixture(scope="module")
def simulation():
    """With a rule that is there to be broken. tools/test names the program that it has
    built."""
    found = os.environ.get("LOCUST_SIMULATION_BINARY") or (
        builds.provide("dev", "simulation", tests=True) / "test/simulation/simulation")
    return Simulation(Path(found), ("--forbid=freeze", "--forbid=clock step"))


@pytest.fixture(scope="module")
def broken(simulation):
    """A life that breaks it, of a batch."""
    done = subprocess.run(
        [*simulation.batch(1, 400, False), "--until-broken"],
        capture_output=True, text=True, check=False)
    found = simulation.broken_in(done.returncode, done.stdout, 1, 400, False)
    assert [one.rule for one in found] == ["the life met what is forbidden"]
    return found[0]


def test_a_life_is_shrunk_to_its_two_causes(simulation, broken):
    kept, left_out = simulation.shrink(broken)
    assert len(kept) == 2
    assert len(left_out) > 2
    rules = simulation.rules_broken_by(broken.seed, False, left_out)
    assert "the life met what is forbidden" in rules
    for one in kept:
        fewer = simulation.rules_broken_by(broken.seed, False, [*left_out, one])
        assert "the life met what is forbidden" not in fewer


def test_what_is_kept_repeats_the_life(simulation, broken, tmp_path):
    soak = Soak(simulation, tmp_path / "kept")
    soak.keep(broken)
    rule, count, command, _, *story = soak.files[0].read_text().splitlines()
    assert rule == broken.rule
    assert count.startswith("after 2 disturbances: ")
    done = subprocess.run(command, shell=True, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 1
    assert f"seed {broken.seed}: {rule}" in done.stdout
    assert any("is frozen" in line for line in story)


def test_an_interrupt_ends_it_with_a_summary(simulation, tmp_path):
    words = [sys.executable, "-B", "-m", "lib.soak.cli", "--jobs", "1", "--folder",
             str(tmp_path), "--program", str(simulation.program)]
    with subprocess.Popen(words, cwd=ROOT / "tools", text=True,
                          stdout=subprocess.PIPE) as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert re.search(r"^\d+ lives in \d+ s, 0 broke a rule$", output, re.MULTILINE)
