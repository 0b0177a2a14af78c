"""Builds and runs the player, which plays everybody but the operator."""

import json
import subprocess
from pathlib import Path

from ..shared import builds
from ..shared.progress import Failure, step
from . import templates

IN_FLIGHT = 16
_TARGET = "locust-bench-player"
_PATIENCE_SECONDS = 900


def build() -> Path:
    with step(f"building {_TARGET}"):
        return (builds.provide("release", _TARGET)
                / f"tools/lib/bench/player/{_TARGET}")


class Player:
    def __init__(self, program: Path, kubeconfig: Path):
        self._program = program
        self._kubeconfig = kubeconfig

    def play(self, command: str, namespace: str, **changes) -> dict:
        """Runs one scene; returns its result. Raises Failure."""
        plan = {"command": command, "kubeconfig": str(self._kubeconfig),
                "namespace": namespace, "inFlight": IN_FLIGHT,
                "patience": _PATIENCE_SECONDS,
                "test": templates.locust_test(),
                "children": templates.children(),
                "status": templates.status(), **templates.pods(), **changes}
        done = subprocess.run([self._program], input=json.dumps(plan),
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"the player failed: {done.stderr.strip()}")
        return json.loads(done.stdout)
