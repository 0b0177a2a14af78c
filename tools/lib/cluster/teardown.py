"""Removes a cluster completely, whatever state it is in.

Uses only the state folder. The run that created the cluster may have been killed
at any point, and processes of the cluster may have ended.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from ..shared.progress import Failure
from . import paths, processes
from .state import Cluster, load


def remove(name: str) -> None:
    """Removes everything of a cluster; the caller holds its lock."""
    cluster = load(name)
    if cluster:
        _end_processes(cluster)
        if cluster.index is not None:
            _remove_link(cluster)
            _remove_control_groups(cluster)
    shutil.rmtree(paths.state_root() / name)


def _end_processes(cluster: Cluster) -> None:
    # When the first process of the node ends, the kernel ends all others in the
    # node. Their parents outside the node are killed later, because they reap
    # their children at once; process 1 of the machine may take seconds for that.
    files = cluster.pid_files()
    first = [file for file in files if file == cluster.pid_file("node")]
    if alive := processes.kill(first) + processes.kill(files):
        names = ", ".join(f"{file.stem} ({processes.pid_of(file)})"
                          for file in alive)
        raise Failure(f"these processes do not end: {names}; check that process "
                      "1 of this machine reaps its children")


def _remove_link(cluster: Cluster) -> None:
    """Removes the pair of interfaces, and with it the routes."""
    shown = subprocess.run(["ip", "-json", "link", "show", cluster.link],
                           capture_output=True, text=True, check=False)
    if shown.returncode != 0:
        return
    if json.loads(shown.stdout)[0].get("ifalias") == cluster.control_group:
        subprocess.run(["ip", "link", "delete", cluster.link], check=False,
                       capture_output=True)


def control_group_folders(cluster: Cluster) -> list[Path]:
    """The control group of the cluster in each hierarchy."""
    folders = []
    for line in Path("/proc/mounts").read_text().splitlines():
        _, target, kind = line.split()[:3]
        if kind in ("cgroup", "cgroup2"):
            folders.append(Path(target) / cluster.control_group)
    return folders


def _remove_control_groups(cluster: Cluster) -> None:
    deadline = time.monotonic() + 10
    for top in control_group_folders(cluster):
        while top.exists():
            for folder, _, _ in os.walk(top, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass  # the kernel has not yet released a process that ended
            if time.monotonic() > deadline:
                raise Failure(f"the control group {top} is still in use")
            time.sleep(0.01)
