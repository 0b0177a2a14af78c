"""Paths of the work tree, and of files that are created outside it."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CLUSTER = ROOT / "tools/cluster"


def cache_root() -> Path:
    """The folder of programs, images, builds and the compiler cache."""
    if chosen := os.environ.get("LOCUST_OPERATOR_CACHE"):
        return Path(chosen).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(base) / "locust-operator").resolve()


def tree_folder() -> Path:
    """The folder of builds and reports of this work tree."""
    key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    return cache_root() / "build" / key
