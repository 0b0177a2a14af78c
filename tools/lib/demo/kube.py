"""Runs kubectl, and reports a failure in one sentence."""

import json
import os
import subprocess
from pathlib import Path

from ..shared.paths import cache_root
from ..shared.progress import Failure

_TIMEOUT_SECONDS = 90  # for one command; most take a tenth of a second


class Kube:
    """Access to one cluster."""

    def __init__(self, kubectl: str, kubeconfig: Path | None = None,
                 context: str | None = None):
        self.program = kubectl
        # locust-operator has the same flags.
        self.access = []
        if kubeconfig:
            self.access += ["--kubeconfig", str(kubeconfig)]
        if context:
            self.access += ["--context", context]

    def run(self, *arguments: str, text: str | None = None) -> str:
        """Returns the output of kubectl."""
        done = self._call(arguments, text)
        if done.returncode != 0:
            errors = done.stderr.strip().splitlines() or ["no error message"]
            raise Failure(f"kubectl {arguments[0]}: {errors[-1]}",
                          ["kubectl", *self.access, *arguments])
        return done.stdout

    def json(self, *arguments: str) -> dict:
        return json.loads(self.run(*arguments, "--output=json"))

    def find(self, *arguments: str) -> dict | None:
        """Returns the object, or None if it does not exist."""
        found = self.run("get", *arguments, "--ignore-not-found",
                         "--output=json")
        return json.loads(found) if found else None

    def server(self) -> str:
        return self.run("config", "view", "--minify", "--output",
                        "jsonpath={.clusters[0].cluster.server}")

    def _call(self, arguments, text):
        try:
            return subprocess.run(
                [self.program, *self.access, *arguments], check=False,
                input=text or "", capture_output=True, text=True,
                timeout=_TIMEOUT_SECONDS, env=_environment())
        except subprocess.TimeoutExpired:
            raise Failure(f"kubectl {arguments[0]}: no answer within "
                          f"{_TIMEOUT_SECONDS} s",
                          ["kubectl", *self.access, *arguments]) from None


def _environment() -> dict[str, str]:
    """Keeps the discovery cache of kubectl in the demo's folder, because the
    cluster is temporary."""
    return {**os.environ, "KUBECACHEDIR": str(cache_root() / "demo/kubectl")}
