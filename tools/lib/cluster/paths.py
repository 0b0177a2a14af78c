"""Where things are: this folder's inputs, and the state of the clusters."""

import os
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
MODULES = SOURCES / "modules"
IMAGES = SOURCES / "image_sources"


def state_root() -> Path:
    """One folder per cluster that was brought up and not yet down."""
    chosen = os.environ.get("LOCUST_OPERATOR_STATE", "/tmp/locust-operator")
    return Path(chosen).resolve()
