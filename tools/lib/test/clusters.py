"""Starts a cluster for a stage, and always removes it."""

import contextlib
import secrets
import subprocess

from ..shared.paths import CLUSTER, ROOT
from . import audit_log, programs
from .report import Skipped

# Names of the pytest-xdist processes that share the integration tests. Each mostly
# waits for its own control plane.
WORKERS = ("gw0", "gw1")


def cluster_of_tests(name, worker=WORKERS[0]):
    """The name of the control plane that a pytest process starts beside cluster
    `name`."""
    return f"{name}-own-{worker}"


@contextlib.contextmanager
def cluster(kind, *options):
    """Starts a cluster named `kind-random`; yields the environment for its tests."""
    if subprocess.run([ROOT / "tools/setup", "cluster"], check=False,
                      stdin=subprocess.DEVNULL).returncode != 0:
        raise Skipped("no cluster, because tools/setup failed; see its output "
                      "above")
    name = f"{kind}-{secrets.token_hex(3)}"
    folder = programs.reports() / f"{kind}-audit"
    audit_log.log_in(folder).unlink(missing_ok=True)
    flags = [f"--apiserver-arg={flag}" for flag in audit_log.flags(folder)]
    try:
        if programs.run([CLUSTER, "up", "--name", name, *flags,
                         *options]) != 0:
            raise RuntimeError(f"tools/cluster up --name {name} failed")
        kubeconfig = subprocess.run(
            [CLUSTER, "kubeconfig", "--name", name], check=True,
            stdout=subprocess.PIPE, text=True).stdout.strip()
        yield {"KUBECONFIG": kubeconfig,
               "LOCUST_OPERATOR_AUDIT_LOG": str(audit_log.log_in(folder)),
               "LOCUST_OPERATOR_TEST_CLUSTER": name}
    finally:
        for one in (name, *(cluster_of_tests(name, w) for w in WORKERS)):
            # In its own session, so that a second Ctrl-C does not stop it.
            subprocess.run([CLUSTER, "down", "--name", one],
                           stdin=subprocess.DEVNULL, check=False,
                           start_new_session=True)
