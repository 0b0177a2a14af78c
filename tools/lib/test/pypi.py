"""Checkers from PyPI in pinned versions, stored in the cache."""

import os
import shutil
import tomllib
from pathlib import Path

from ..shared.locks import file_lock
from ..shared.paths import ROOT, cache_root
from ..shared.progress import Failure, run_logged, say, step

PYTHON = "/usr/bin/python3"  # Debian's, which has pip
CLANG_TIDY = "23.1.4"


class Unavailable(Failure):
    """A checker is not in the cache and cannot be downloaded."""


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
    folder = cache_root() / "programs" / f"{name}-{version}"
    if not folder.exists():
        with file_lock(folder.with_name(folder.name + ".lock"),
                       lambda: say("another run is downloading; waiting"),
                       remove=True):
            if not folder.exists():
                _download(name, version, folder)
    return folder


def _download(name: str, version: str, folder: Path) -> None:
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    environment = {variable: value for variable, value in os.environ.items()
                   if not variable.startswith("PYTHON")}
    with step(f"downloading {name}"):
        try:
            run_logged([PYTHON, "-m", "pip", "install", "--no-deps",
                        "--only-binary=:all:", "--root-user-action=ignore",
                        "--target", unfinished, f"{name}=={version}"],
                       cache_root() / f"logs/{name}.log",
                       f"cannot download {name}", env=environment)
        except Failure as failure:
            raise Unavailable(failure.sentence, failure.command,
                              failure.log) from None
    unfinished.rename(folder)
