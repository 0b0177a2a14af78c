"""Access to clusters of tools/cluster for tests."""

import os
import signal
import subprocess
from pathlib import Path

from lib.test import audit_log

from .paths import CLUSTER
from .waiting import wait_for

UP_PATIENCE = 120  # seconds; the programs have been built before


def tool(*words, timeout=UP_PATIENCE):
    """Runs tools/cluster; returns its standard output."""
    done = subprocess.run([CLUSTER, *words], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=timeout,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"tools/cluster {' '.join(words)}: "
                             f"{done.stdout}{done.stderr}")
    return done.stdout


class ControlPlane:
    """A control plane that tests may disturb. It has no node and no Job controller;
    tests act as the Job controller (job_controller.py)."""

    def __init__(self, name, audit_folder):
        self.name = name
        self.audit_log = audit_log.log_in(audit_folder)
        tool("up", "--name", name, "--control-plane-only",
             "--without-job-controller",
             *[f"--apiserver-arg={f}" for f in audit_log.flags(audit_folder)])
        self.kubeconfig = Path(tool("kubeconfig", "--name", name).strip())

    def restart(self, program):
        tool("restart", "--name", self.name, program)

    def down(self):
        tool("down", "--name", self.name)


# -- processes of pods ----------------------------------------------------------


def processes_of(pod, word):
    """Ids, on the host, of processes in the pod with `word` in the command line.

    The node is a set of namespaces on this machine, so /proc has all processes.
    """
    uid = pod["metadata"]["uid"]
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = f"pod{uid}" in (folder / "cgroup").read_text()
            command = (folder / "cmdline").read_bytes().decode()
        except OSError:
            continue  # the process has ended
        if ours and word in command:
            found.append(int(folder.name))
    return found


def kill_processes_of(pod, word):
    """SIGKILL, as if the program had crashed."""
    for pid in wait_for(f"a process with {word}",
                        lambda: processes_of(pod, word)):
        os.kill(pid, signal.SIGKILL)
