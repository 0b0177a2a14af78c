"""Which files may be in the tree, and where. This finds files that a tool has left
behind, such as a cache."""

import fnmatch
from pathlib import Path

import pytest

from tracked import FILES

# Entries at the root: files, and folders with the files that each may contain. A
# pattern with a slash is matched against the whole path.
AT_THE_TOP = (
    ".clang-format", ".clang-tidy", ".dockerignore", ".editorconfig",
    ".gitignore", "CMakeLists.txt", "CMakePresets.json", "Dockerfile", "LICENSE",
    "mkdocs.yml", "pyproject.toml", "CHANGELOG.md", "CONTRIBUTING.md", "README.md",
    "RELEASE.md", "SECURITY.md")
CPP = ("*.cpp", "*.hpp", "CMakeLists.txt")
FOLDERS = {
    ".ci": (".ci/run",),
    ".github": ("*.yml", "*.yaml", "*.md"),
    "actors": (*CPP, "README.md", "actors/version/*.in"),
    "cmake": ("*.cmake",),
    "deploy": ("*.yaml", "*.json", "*.md", "*.tpl", "NOTES.txt", ".helmignore"),
    "docs": ("*.md", "*.svg"),
    "protocol": (*CPP, "README.md"),
    "test": (*CPP, "README.md", "*.py", "*.dict", "test/.clang-tidy",
             "test/fuzz/corpus/*",
             "test/unit/*/data/*.json", "test/unit/*/data/*.jsonl",
             "test/unit/*/golden/*.json", "test/support/values/*"),
    # Commands, which have no suffix, and their code.
    "tools": (*CPP, "*.py", "*.sh", "*.c", "*.yaml", "*.json", "README.md",
              "go.mod", "go.sum", "main.go", "requirements.txt",
              *(f"tools/{name}" for name in (
                  "bench", "cluster", "crdgen", "demo", "docs", "image", "manifests",
                  "mutants", "promtool", "replay", "setup", "soak", "test"))),
}


def belongs(file):
    """Whether a path, relative to the root, is allowed."""
    if len(file.parts) == 1:
        return file.name in AT_THE_TOP
    return any(fnmatch.fnmatchcase(str(file) if "/" in pattern else file.name,
                                   pattern)
               for pattern in FOLDERS.get(file.parts[0], ()))


def test_every_file_belongs_where_it_is():
    assert not [str(file) for file in FILES if not belongs(file)]


@pytest.mark.parametrize("path", [
    ".kube/cache/discovery/127.0.0.1_29222/servergroups.json", "core",
    "notes.md", "actors/leader/leader.o", "tools/cluster.log",
    "test/tidy/servergroups.json", "docs/drawing.png"])
def test_what_a_tool_leaves_behind_belongs_nowhere(path):
    assert not belongs(Path(path))
