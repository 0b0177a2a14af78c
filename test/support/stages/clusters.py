"""Clusters for a stage: up, and always down again."""

import contextlib
import secrets
import subprocess

from .. import audit, paths
from ..cluster import WORKERS, cluster_of_tests
from . import programs
from .report import Skipped


@contextlib.contextmanager
def cluster(kind, *options):
    """Environment for tests on a cluster of their own, named `kind-random`."""
    prepared = subprocess.run([paths.ROOT / "tools/setup", "cluster"],
                              stdin=subprocess.DEVNULL, check=False,
                              stderr=subprocess.PIPE, text=True)
    if prepared.returncode != 0:
        raise Skipped(f"no cluster: {prepared.stderr.strip()}")
    name = f"{kind}-{secrets.token_hex(3)}"
    folder = programs.reports() / f"{kind}-audit"
    audit.log_in(folder).unlink(missing_ok=True)
    flags = [f"--apiserver-arg={flag}" for flag in audit.flags(folder)]
    try:
        if programs.run([paths.CLUSTER, "up", "--name", name, *flags,
                         *options]) != 0:
            raise RuntimeError(f"tools/cluster up --name {name} failed")
        kubeconfig = subprocess.run(
            [paths.CLUSTER, "kubeconfig", "--name", name], check=True,
            stdout=subprocess.PIPE, text=True).stdout.strip()
        yield {"KUBECONFIG": kubeconfig,
               "LOCUST_OPERATOR_AUDIT_LOG": str(audit.log_in(folder)),
               "LOCUST_OPERATOR_TEST_CLUSTER": name}
    finally:
        for one in (name, *(cluster_of_tests(name, w) for w in WORKERS)):
            # Of a session of its own: a second Ctrl-C does not stop it.
            subprocess.run([paths.CLUSTER, "down", "--name", one],
                           stdin=subprocess.DEVNULL, check=False,
                           start_new_session=True)
