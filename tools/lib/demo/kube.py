"""kubectl, with one clear sentence when it fails."""

import json
import os
import subprocess
from pathlib import Path

from ..shared.paths import cache_root
from ..shared.progress import Failure

_PATIENCE_SECONDS = 90  # for one command; most take a tenth of a second


class Kube:
    """A cluster, seen through kubectl."""

    def __init__(self, kubectl: str, kubeconfig: Path | None = None,
                 context: str | None = None):
        self.program = kubectl
        # What locust-operator understands as well.
        self.access = []
        if kubeconfig:
            self.access += ["--kubeconfig", str(kubeconfig)]
        if context:
            self.access += ["--context", context]

    def run(self, *arguments: str, text: str | None = None) -> str:
        """What kubectl prints."""
        done = self._call(arguments, text)
        if done.returncode != 0:
            words = done.stderr.strip().splitlines() or ["no word why"]
            raise Failure(f"kubectl {arguments[0]}: {words[-1]}",
                          ["kubectl", *self.access, *arguments])
        return done.stdout

    def json(self, *arguments: str) -> dict:
        return json.loads(self.run(*arguments, "--output=json"))

    def find(self, *arguments: str) -> dict | None:
        """One object, or nothing where there is none."""
        found = self.run("get", *arguments, "--ignore-not-found",
                         "--output=json")
        return json.loads(found) if found else None

    def server(self) -> str:
        return self.run("config", "view", "--minify", "--output",
                        "jsonpath={.clusters[0].cluster.server}")

    def ask(self, path: str) -> dict | None:
        """JSON from behind the API server; nothing when there is no answer."""
        # Of a pod that has just ended the API server would ask for 30 s.
        done = self._call(("get", "--raw", path, "--request-timeout=2s"), None)
        try:
            return json.loads(done.stdout) if done.returncode == 0 else None
        except ValueError:
            return None

    def _call(self, arguments, text):
        try:
            return subprocess.run(
                [self.program, *self.access, *arguments], check=False,
                input=text or "", capture_output=True, text=True,
                timeout=_PATIENCE_SECONDS, env=_environment())
        except subprocess.TimeoutExpired:
            raise Failure(f"kubectl {arguments[0]}: no answer for "
                          f"{_PATIENCE_SECONDS} s",
                          ["kubectl", *self.access, *arguments]) from None


def _environment() -> dict[str, str]:
    """What kubectl discovers of a cluster that is gone tomorrow is kept with
    what is ours."""
    return {**os.environ, "KUBECACHEDIR": str(cache_root() / "demo/kubectl")}
