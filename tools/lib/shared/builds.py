"""CMake builds outside the work tree, with a compiler cache."""

import os
import subprocess
from pathlib import Path

from . import paths
from .locks import file_lock
from .progress import Failure, say


def folder(preset: str) -> Path:
    return paths.tree_folder() / preset


def log_of(preset: str) -> Path:
    """The output of the last build of a preset."""
    return paths.tree_folder() / f"{preset}.log"


def environment() -> dict[str, str]:
    """Paths are relative to the build folder, which has a link to the sources, so
    that another clone gets the same objects from the compiler cache."""
    return {**os.environ,
            "CCACHE_DIR": str(paths.cache_root() / "ccache"),
            "CCACHE_BASEDIR": str(paths.tree_folder()),
            "CCACHE_NOHASHDIR": "1",
            # For precompiled headers, as the manual of ccache says.
            "CCACHE_SLOPPINESS": "pch_defines,time_macros",
            "CCACHE_MAXSIZE": "3G"}


def provide(preset: str, target: str = "all", tests: bool = False,
            settings: tuple[str, ...] = ()) -> Path:
    """Builds a target of a preset; returns the folder of the build. `settings`
    are CMake's, as NAME=VALUE. Raises Failure."""
    link = paths.tree_folder() / "source"
    switch = "ON" if tests else "OFF"
    configure = ["cmake", "--preset", preset, "-S", link, "-B", folder(preset),
                 f"-DLOCUST_OPERATOR_TESTS={switch}",
                 *(f"-D{setting}" for setting in settings)]
    build = ["cmake", "--build", folder(preset), "-j", str(jobs()),
             "--target", target]
    # Ninja does not support two builds in one folder at the same time.
    with (file_lock(paths.tree_folder() / f"{preset}.lock",
                    lambda: say("another run is building; waiting")),
          open(log_of(preset), "wb") as log):
        if not link.is_symlink():
            link.symlink_to(paths.ROOT)
        for words in (configure, build):
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, cwd=link, check=False,
                                  env=environment())
            if done.returncode != 0:
                raise Failure(f"the build of preset {preset} failed",
                              log=log_of(preset))
    return folder(preset)


def jobs() -> int:
    return os.cpu_count() or 2
