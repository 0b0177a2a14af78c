"""Checkers from PyPI in pinned versions."""

import tomllib
from pathlib import Path

from ..shared.paths import ROOT
from ..shared.pypi import Unavailable, provide

CLANG_TIDY = "23.1.4"

__all__ = ["Unavailable", "clang_tidy", "ruff"]


def ruff() -> Path:
    """Path of ruff, in the version that pyproject.toml requires. Raises
    Unavailable."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    version = settings["tool"]["ruff"]["required-version"]
    return _provide("ruff", version.removeprefix("==")) / "bin/ruff"


def clang_tidy() -> Path:
    """Path of clang-tidy. Raises Unavailable. The version of Debian takes three
    times as long, because it also checks system headers."""
    return (_provide("clang-tidy", CLANG_TIDY)
            / "clang_tidy/data/bin/clang-tidy")


def _provide(name: str, version: str) -> Path:
    return provide(f"{name}-{version}", [f"{name}=={version}"])
