"""CMake builds outside the work tree, with a compiler cache beside them."""

import functools
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

from .. import paths

TAIL = 60  # lines of a failed build that are shown


def cache_root():
    """Where tools/cluster keeps its programs, too."""
    if chosen := os.environ.get("LOCUST_OPERATOR_CACHE"):
        return Path(chosen).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(base) / "locust-operator").resolve()


def tree_folder():
    """The builds and reports of this work tree."""
    key = hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:12]
    return cache_root() / "build" / key


def folder(preset):
    return tree_folder() / preset


def environment():
    """All paths are made relative to the build folder, and the sources are
    reached through a link there, so that another clone finds the same objects
    in the compiler cache."""
    return {**os.environ,
            "CCACHE_DIR": str(cache_root() / "ccache"),
            "CCACHE_BASEDIR": str(tree_folder()),
            "CCACHE_NOHASHDIR": "1",
            "CCACHE_MAXSIZE": "3G"}


class BuildFailed(Exception):
    pass


@functools.cache
def build(preset, with_tests=True, target="all", settings=()):
    """Builds a preset; returns its folder, or None. Done once. `settings` are
    CMake's, as NAME=VALUE."""
    try:
        _build(preset, with_tests, target, settings)
    except BuildFailed as failure:
        print(failure, file=sys.stderr, flush=True)
        return None
    return folder(preset)


def _build(preset, with_tests, target, settings):
    link = tree_folder() / "source"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(paths.ROOT)
    log = tree_folder() / f"{preset}.log"
    begin = time.monotonic()
    print(f"building preset {preset} in {folder(preset)}", file=sys.stderr,
          flush=True)
    switch = "ON" if with_tests else "OFF"
    with open(log, "w") as out:
        for words in (
                ["cmake", "--preset", preset, "-S", link, "-B",
                 folder(preset), f"-DLOCUST_OPERATOR_TESTS={switch}",
                 *(f"-D{setting}" for setting in settings)],
                ["cmake", "--build", folder(preset), "-j", str(jobs()),
                 "--target", target]):
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=out, cwd=link, check=False,
                                  env=environment())
            if done.returncode != 0:
                tail = "\n".join(log.read_text().splitlines()[-TAIL:])
                raise BuildFailed(f"{tail}\nthe build of preset {preset} "
                                  f"failed; all it said is in {log}")
    print(f"built preset {preset}: {time.monotonic() - begin:.0f} s",
          file=sys.stderr, flush=True)


def jobs():
    return os.cpu_count() or 2
