"""The table of mutants fits the cores, and tools/mutants reads the simulation
right."""

import pytest

from lib.mutants.cli import line_about
from lib.mutants.mutant import Mutant, Verdict, verdict_of
from lib.mutants.table import MUTANTS
from support.paths import ROOT


def test_there_are_enough():
    assert sum(not one.survives for one in MUTANTS) >= 30
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("one", MUTANTS, ids=lambda one: one.name)
def test_each_can_be_applied(one):
    assert one.defect_in(ROOT) == ""
    assert one.breaks.endswith(".")


@pytest.mark.parametrize("text, defect", [
    ("two", ""), ("one", "its text occurs 2 times in core.cpp"),
    ("three", "its text occurs 0 times in core.cpp"), ("zero", "changes nothing")])
def test_a_text_must_occur_once(tmp_path, text, defect):
    (tmp_path / "core.cpp").write_text("one two one")
    one = Mutant("m", "core.cpp", text, "zero", "Breaks it.")
    assert one.defect_in(tmp_path) == defect


def test_a_lost_file_is_noticed(tmp_path):
    assert Mutant("m", "gone.cpp", "a", "b", "").defect_in(tmp_path) == (
        "there is no file gone.cpp")


@pytest.mark.parametrize("code, output, errors, verdict", [
    (0, "seeds 1 to 9\n9 lives, 4 events\n", "", Verdict(False, "", 9)),
    (1, "seeds 1 to 9\nseed 3: it went back\nseed 3: again\n3 lives, 4 events\n", "",
     Verdict(True, "it went back", 3)),
    (-6, "", "terminate called\nAssertion failed\n",
     Verdict(True, "the simulation was aborted: Assertion failed")),
    (None, "seeds 1 to 9\n", "", Verdict(True, "the lives do not end"))])
def test_what_the_simulation_says_is_understood(code, output, errors, verdict):
    assert verdict_of(code, output, errors) == verdict


def test_a_mutant_that_survives_is_told_of():
    one = Mutant("blind", "core.cpp", "a", "b", "Sees nothing.")
    assert line_about(one, Verdict(False, lives=9)) == (
        "survives blind, 9 lives: Sees nothing.")
    assert line_about(one, Verdict(True, "a rule", 2)) == (
        "found    blind after 2 lives: a rule")
