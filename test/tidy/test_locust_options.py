"""docs/locust-options.md has every option of Locust that means something to the
operator."""

import re
from pathlib import Path

from tracked import text_of

PAGE = Path("docs/locust-options.md")


def listed(file, table):
    [body] = re.findall(rf"{table} = \{{(.*?)\}};", text_of(Path(file)), re.DOTALL)
    return set(re.findall(r'"(--?[\w-]+|LOCUST_\w+)"', body))


def explained():
    """The words of the first column."""
    return {word for line in text_of(PAGE).splitlines() if line.startswith("| ")
            for word in re.findall(r"`([^`]+)`", line.split(" | ")[0])}


def test_options_that_the_operator_sets_are_explained():
    flags = listed("actors/resource_builder/command_line.cpp", "managed_flags")
    assert len(flags) == 10
    assert not flags - explained()


def test_options_that_the_operator_reads_are_explained():
    options = listed("actors/resource_builder/spec_facts.cpp", "option_table")
    for option in re.findall(r"locust_option \w+ = \{(.*?)\};", text_of(
            Path("actors/admission/command_warnings.cpp"))):
        options |= set(re.findall(r'"([\w-]+)"', option))
    assert len(options) > 25
    assert not options - explained()
