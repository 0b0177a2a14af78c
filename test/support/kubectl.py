"""Runs kubectl as a user would."""

import json
import os
import subprocess

TIMEOUT = 120  # seconds


class Kubectl:
    def __init__(self, kubeconfig):
        self._environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}

    def run(self, *words, stdin=None, check=True, timeout=TIMEOUT):
        """Returns the finished process; fails with stderr unless check is False."""
        if stdin is not None and not isinstance(stdin, str):
            stdin = json.dumps(stdin)
        words = [str(word) for word in words]
        done = subprocess.run(
            ["kubectl", *words], input=stdin or "", text=True,
            capture_output=True, check=False, timeout=timeout,
            env=self._environment)
        if check and done.returncode != 0:
            raise AssertionError(f"kubectl {' '.join(words)}: {done.stderr}")
        return done

    def apply(self, namespace, *objects):
        """Applies objects as one list. Unknown fields are errors."""
        bundle = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        return self.run("apply", "--validate=strict", "-n", namespace,
                        "-f", "-", stdin=bundle)

    def table(self, *words):
        """The rows of a table that kubectl prints, as {column: cell}."""
        head, *rows = self.run("get", *words).stdout.splitlines()
        starts = [i for i, c in enumerate(head)
                  if c != " " and (i == 0 or head[i - 1] == " ")]
        ends = [*starts[1:], None]
        return [{head[a:b].strip(): row[a:b].strip()
                 for a, b in zip(starts, ends)} for row in rows]
