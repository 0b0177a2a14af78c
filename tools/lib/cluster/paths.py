"""Paths of the inputs in this folder, and of the state of clusters."""

import os
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
MODULES = SOURCES / "modules"
IMAGES = SOURCES / "image_sources"


def state_root() -> Path:
    """The folder with one folder for each cluster."""
    chosen = os.environ.get("LOCUST_OPERATOR_STATE", "/tmp/locust-operator")
    return Path(chosen).resolve()
