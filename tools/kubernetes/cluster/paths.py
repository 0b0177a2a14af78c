"""Where things are: this folder's inputs, the cache, the state."""

import os
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent
MODULES = SOURCES / "modules"
IMAGES = SOURCES / "images"


def cache_root() -> Path:
    """What is expensive to make and the same for every cluster."""
    if chosen := os.environ.get("LOCUST_OPERATOR_CACHE"):
        return Path(chosen).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(base) / "locust-operator").resolve()


def state_root() -> Path:
    """One folder per cluster that was brought up and not yet down."""
    chosen = os.environ.get("LOCUST_OPERATOR_STATE", "/tmp/locust-operator")
    return Path(chosen).resolve()
