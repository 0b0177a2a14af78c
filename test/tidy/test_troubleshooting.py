"""docs/troubleshooting.md has every reason that a status or an Event can show, and
names none, and no text, that the operator does not have."""

import re
from pathlib import Path

from tracked import SOURCES, includes_of, text_of

PAGE = Path("docs/troubleshooting.md")
PRODUCTION = [file for file in SOURCES if file.parts[0] in ("actors", "protocol")]

LITERAL = r'"((?:[^"\\\n]|\\.)*)"'
# Adjacent literals are one text.
TEXT = re.compile(rf"{LITERAL}(?:\s*{LITERAL})*")
REASON = re.compile(r'"((?:[A-Z][a-z]+)+)"')
EVENT = re.compile(r'severity::\w+,\s*"(\w+)"')
CODE = re.compile(r"`([^`]+)`(?! \(of )")
SHORTEST = 4  # letters of a text that say something


def tables():
    """The tables of the page: the first cell of the header, and the first cells."""
    name, cells = None, []
    for line in [*text_of(PAGE).splitlines(), ""]:
        if line.startswith("| "):
            cell = line.split(" | ")[0].removeprefix("| ").removesuffix(" |")
            if name is None:
                name = cell
            else:
                cells.append(cell)
        elif name is not None and not line.startswith("|-"):
            yield name, cells
            name, cells = None, []


def named(header):
    """The words that the tables with this header explain."""
    return [word for name, cells in tables() if name == header
            for cell in cells for word in CODE.findall(cell)]


def literals_of(text):
    """The strings in C++, joined where the compiler joins them."""
    code = re.sub(r"^\s*#.*$|//.*$", "", text, flags=re.MULTILINE)
    return ["".join(re.findall(LITERAL, found[0])).replace('\\"', '"')
            for found in TEXT.finditer(code)]


def condition_reasons():
    # Only what includes this header can set a condition.
    setters = [file for file in PRODUCTION
               if file.suffix == ".cpp"
               and "actors/supervisor/change.hpp" in includes_of(file)]
    assert len(setters) > 2
    pods = text_of(Path("actors/supervisor/pod_trouble.cpp"))
    [table] = re.findall(r"trouble_row, \d+> table = \{\{\{(.*?)\}\}\};", pods, re.DOTALL)
    return ({reason for file in setters
             for reason in REASON.findall(EVENT.sub("", text_of(file)))}
            | set(re.findall(r'\{"(\w+)",\s*\{', table)))


def event_reasons():
    return {reason for file in PRODUCTION for reason in EVENT.findall(text_of(file))}


def names_of(kind):
    text = text_of(Path("actors/supervisor/run_result.cpp"))
    [body] = re.findall(rf"name_of\({kind} \w+\) \{{\n(.*?)^\}}", text,
                        re.DOTALL | re.MULTILINE)
    return set(REASON.findall(body))


def same(page, source):
    assert len(source) > 3
    assert not source - set(page), "missing in the page"
    assert not set(page) - source, "not in the code"
    assert len(page) == len(set(page)), "explained twice"


def test_every_reason_of_a_condition_is_explained():
    same(named("reason"), condition_reasons())


def test_every_event_is_explained():
    same(named("Event"), event_reasons())


def test_every_outcome_is_explained():
    same(named("outcome"), names_of("run_outcome"))


def test_every_origin_of_figures_is_explained():
    same(named("figures"), names_of("source"))


def test_reasons_are_found_where_they_are_defined():
    assert {"Suspended", "NameConflict", "StartupTimeout", "AllWorkersConnected",
            "SpecRestored", "ImagePullError"} <= condition_reasons()
    assert {"OperatorError", "Suspended", "Deleting", "Created"} <= event_reasons()


def test_the_operator_has_the_texts_that_are_explained():
    """`...` stands for what differs. Texts of others say whose they are: (of ...)."""
    texts = "\n".join(literal for file in PRODUCTION for literal in literals_of(text_of(file)))
    parts = [part.strip(" :;,().") for text in named("message") for part in text.split("...")]
    parts = [part for part in parts if len(part) >= SHORTEST]
    assert len(parts) > 60
    assert not [part for part in parts if part not in texts]


def test_joined_literals_are_one_text():
    assert literals_of('a = "b c" // "d"\n  "e \\"f\\"" + g + "h";') == ['b ce "f"', "h"]
