"""Ruff, of the version that pyproject.toml asks for."""

import os
import shutil
import tomllib
from pathlib import Path

from ..shared.locks import file_lock
from ..shared.paths import ROOT, cache_root
from ..shared.progress import run_logged, say, step

PYTHON = "/usr/bin/python3"  # Debian's, which has pip


def version() -> str:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return settings["tool"]["ruff"]["required-version"].removeprefix("==")


def provide() -> Path:
    """Path of the program; fetches it if the cache lacks it. Raises Failure."""
    folder = cache_root() / "programs" / f"ruff-{version()}"
    with file_lock(folder.with_name(folder.name + ".lock"),
                   lambda: say("another run is fetching; waiting"),
                   remove=True):
        if not folder.exists():
            _fetch(folder)
    return folder / "bin/ruff"


def _fetch(folder: Path) -> None:
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with step("fetching ruff"):
        run_logged([PYTHON, "-m", "pip", "install", "--no-deps",
                    "--only-binary=:all:", "--root-user-action=ignore",
                    "--target", unfinished, f"ruff=={version()}"],
                   cache_root() / "logs/ruff.log", "pip install failed",
                   env={name: value for name, value in os.environ.items()
                        if not name.startswith("PYTHON")})
    unfinished.rename(folder)
