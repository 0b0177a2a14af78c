"""The one-definition rule for types. If two files of a program define a type
differently, the linker does not report it, and uses the functions of one for both."""

from collections import defaultdict
from pathlib import Path

import pytest

from cpp_types import types_in
from tracked import ROOT, SOURCES, includes_of, text_of

TYPES = {file: types_in(text_of(file)) for file in SOURCES}
# The operator and the programs of tools/ share most code, so they count as one
# program. Each test program may contain it.
PRODUCTION = {file for file in SOURCES if file.parts[0] != "test"}


def programs_of_tests():
    """The files of each test program: a folder; in test/fuzz, one file."""
    programs = defaultdict(set)
    for file in SOURCES:
        if file.parts[:2] == ("test", "fuzz"):
            if file.suffix == ".cpp":
                programs[file].add(file)
        elif file.parts[0] == "test":
            programs[file.parent].add(file)
    return [(name, with_headers(files)) for name, files in programs.items()]


def with_headers(files):
    """Adds the headers of other tests that these files include."""
    reached, wanted = set(), list(files)
    while wanted:
        file = wanted.pop()
        if file in reached:
            continue
        reached.add(file)
        for name in includes_of(file):
            wanted += [path for path in (Path(name), file.parent / name)
                       if path in TYPES and path not in PRODUCTION]
    return reached


def defined_twice(files):
    places = defaultdict(set)
    for file in files:
        for name in TYPES[file]:
            places[name].add(str(file))
    return {name: sorted(where) for name, where in places.items()
            if len(where) > 1}


def test_the_operator_defines_no_type_twice():
    assert "locust::operator_settings" in TYPES[
        Path("protocol/operator_settings.hpp")]
    assert not defined_twice(PRODUCTION)


@pytest.mark.parametrize("name, files", programs_of_tests(), ids=str)
def test_a_program_of_tests_defines_no_type_twice(name, files):
    assert not defined_twice(PRODUCTION | files)


def test_every_program_of_tests_is_known():
    folders = {str(name) for name, _ in programs_of_tests()}
    for file in (ROOT / "test").rglob("CMakeLists.txt"):
        if "add_executable" in file.read_text() or "_test(" in file.read_text():
            folder = file.parent.relative_to(ROOT)
            assert any(name.startswith(str(folder)) for name in folders)


@pytest.mark.parametrize("text, types", [
    ("struct a { int b = 1; };", ["a"]),
    ("namespace n::m { class a final : public b<c> { struct d {}; }; }",
     ["n::m::a", "n::m::a::d"]),
    ("namespace n { namespace { struct a {}; } struct b {}; }", ["n::b"]),
    ("enum class a : uint8_t { b, c };\nenum d { e };\nunion f { int g; };",
     ["a", "d", "f"]),
    ("struct a; class b; using c = struct d; a e{};", []),
    ("template <class T, class U = std::vector<int>> struct a { T t; };",
     ["a"]),
    ("template <> struct a<int> {};", ["a<int>"]),
    ("struct a f() { struct b { int c; }; return {}; }", []),
    ("auto f = [] { struct a {}; }; struct b { void g() { struct c {}; } };",
     ["b"]),
    ("struct [[nodiscard]] a { enum class b { c }; private: struct d {}; };",
     ["a", "a::b", "a::d"]),
    ("// struct a {\n/* struct b { */ auto c = R\"(struct d {)\"; struct e {};",
     ["e"]),
    ("#define X struct a { \\\n  int b;\nstruct c { char d = '{'; };", ["c"]),
    ("int a = 1'000'000; struct b {};", ["b"]),
    ("extern \"C\" { struct a {}; }", ["a"]),
    ("struct a {} b = {}; struct c d = {1};", ["a"]),
])
def test_types_are_found_in_a_text(text, types):
    assert types_in(text) == types


def test_two_definitions_are_found(monkeypatch):
    one, other = Path("a.hpp"), Path("b.hpp")
    monkeypatch.setitem(TYPES, one, ["n::a", "n::b"])
    monkeypatch.setitem(TYPES, other, ["n::b", "a"])
    assert defined_twice([one, other]) == {"n::b": ["a.hpp", "b.hpp"]}
