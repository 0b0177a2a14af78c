"""The code of a command is in tools/lib/NAME. Tests import from there; tools never
import from test/."""

import ast
from pathlib import Path

import pytest

from tracked import FILES, text_of

LIB = Path("tools/lib")
PARTS = [file for file in FILES
         if file.is_relative_to(LIB) and file.suffix == ".py"]
COMMANDS = [file for file in FILES if file.parent == Path("tools")
            and text_of(file).startswith("#!")]
PACKAGES = {file.relative_to(LIB).parts[0] for file in FILES
            if file.is_relative_to(LIB) and file.parent != LIB}
# Modules of test/, by their import names.
OF_TESTS = {name for file in FILES
            if file.parts[0] == "test" and file.suffix == ".py"
            for name in (file.stem, *file.parent.parts)} - {"test", "__init__"}


def imports_of(file, text):
    """The modules that a file of tools/ imports, as absolute names."""
    package = file.relative_to("tools").parent.parts
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) + 1 - node.level] if node.level else ()
            module = (*base, *(node.module or "").split("."))
            name = ".".join(filter(None, module))
            found |= {name, *(f"{name}.{alias.name}" for alias in node.names)}
    return found


def strays(file, text):
    """Imports that are not allowed."""
    own = file.relative_to(LIB).parts[0]
    for name in imports_of(file, text):
        first, *rest = name.split(".")
        of_a_command = rest[0] if first == "lib" and rest else own
        if (first in OF_TESTS
                or (of_a_command == "test" and own != "test")
                or (own == "shared" and of_a_command in PACKAGES - {own})):
            yield name


def test_no_tool_imports_what_is_of_tests():
    assert len(PARTS) > 20
    assert not [f"{file} imports {name}" for file in PARTS
                for name in strays(file, text_of(file))]


@pytest.mark.parametrize("folder, line", [
    ("image", "from support.api import Api"),
    ("demo", "import test_crd"),
    ("demo", "from ..test import clusters"),
    ("demo", "from lib.test.clusters import WORKERS"),
    ("shared", "from ..cluster import paths"),
])
def test_such_an_import_is_found(folder, line):
    assert list(strays(LIB / folder / "cli.py", line))


def test_what_is_behind_a_command_has_its_name():
    names = {file.name for file in COMMANDS}
    assert "cluster" in names
    assert PACKAGES - {"shared"} <= names


def test_commands_add_nothing_to_the_import_path():
    assert not [str(file) for file in FILES
                if file.suffix == ".py" or file in COMMANDS
                if "sys.path" + "." in text_of(file)]
