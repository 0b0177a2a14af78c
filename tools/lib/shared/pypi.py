"""Packages from PyPI in pinned versions, stored in the cache."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from .locks import file_lock
from .paths import cache_root
from .progress import Failure, run_logged, say, step

PYTHON = "/usr/bin/python3"  # Debian's, which has pip


class Unavailable(Failure):
    """Packages are not in the cache and cannot be downloaded."""


def provide(name: str, packages: Sequence[str | Path]) -> Path:
    """The folder with these packages, each `NAME==VERSION`, or `--requirement` and a
    file with them, without what they depend on. `name` must tell these versions from
    others. Raises Unavailable."""
    folder = cache_root() / "programs" / name
    if not folder.exists():
        with file_lock(folder.with_name(folder.name + ".lock"),
                       lambda: say("another run is downloading; waiting"),
                       remove=True):
            if not folder.exists():
                _download(name, packages, folder)
    return folder


def _download(name: str, packages: Sequence[str | Path], folder: Path) -> None:
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    environment = {variable: value for variable, value in os.environ.items()
                   if not variable.startswith("PYTHON")}
    with step(f"downloading {name}"):
        try:
            run_logged([PYTHON, "-m", "pip", "install", "--no-deps",
                        "--only-binary=:all:", "--root-user-action=ignore",
                        "--target", unfinished, *packages],
                       cache_root() / f"logs/{name}.log",
                       f"cannot download {name}", env=environment)
        except Failure as failure:
            raise Unavailable(failure.sentence, failure.command,
                              failure.log) from None
    unfinished.rename(folder)
