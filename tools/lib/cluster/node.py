"""The node: namespaces of its own, which end with their first process.

The node sees the machine's files, but its processes, mounts, network and
host name are its own. When its first process is killed, the kernel ends every
other process in there, whoever started it, and drops mounts and interfaces.
The host's firewall, routes and settings stay as they were.
"""

import os
import shutil
import time
from pathlib import Path

from ..shared.progress import Failure, run_logged, step
from . import processes
from .state import Cluster
from .teardown import control_group_folders

_NEEDED = ("runc", "nft", "iptables", "conntrack", "ip", "mmdebstrap", "gcc")

# What the kubelet would set for the whole machine. Files with the wanted
# content lie over these in the node, so that the machine keeps its own.
_SETTINGS = {"kernel/keys/root_maxbytes": "25000000",
             "kernel/keys/root_maxkeys": "1000000",
             "kernel/panic": "10", "kernel/panic_on_oops": "1",
             "vm/overcommit_memory": "1", "vm/panic_on_oom": "0"}

_SCRIPT = Path(__file__).with_name("node.sh")


def check_machine(*folders: Path) -> None:
    """Fails early where a node could not run, or not see these folders."""
    if os.geteuid() != 0:
        raise Failure("a node needs root; --control-plane-only does not")
    missing = [program for program in _NEEDED if not shutil.which(program)]
    if missing:
        raise Failure(f"not installed: {', '.join(missing)}; run tools/setup")
    for folder in folders:
        if folder.is_relative_to("/var") or folder.is_relative_to("/run"):
            raise Failure(f"{folder} will not do for a cluster with a node, "
                          "which has a /var and /run of its own")


def make(cluster: Cluster, pause: Path) -> None:
    """Makes the namespaces, the network to them and the control groups."""
    with step("making the node"):
        _make_namespaces(cluster, pause)
        _make_network(cluster)
        _make_control_groups(cluster)


def first_process(cluster: Cluster) -> int:
    if (pid := processes.pid_of(cluster.pid_file("node"))) is None:
        raise Failure("the node's first process ended",
                      log=cluster.log("node-parent"))
    return pid


def entering(cluster: Cluster) -> list[str]:
    """A command's beginning that runs the rest of it in the node."""
    return ["nsenter", f"--target={first_process(cluster)}", "--mount",
            "--net", "--pid", "--uts", "--ipc", "--"]


def path_from_host(cluster: Cluster, path: str) -> Path:
    return Path(f"/proc/{first_process(cluster)}/root{path}")


def _make_namespaces(cluster: Cluster, pause: Path) -> None:
    for folder in ("var", "work"):
        (cluster.node / folder).mkdir(parents=True)
    for name, value in _SETTINGS.items():
        file = cluster.node / "settings" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value + "\n")
    processes.spawn(
        cluster.pid_file("node-parent"),
        ["unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork",
         "--kill-child=SIGKILL", "/bin/sh", _SCRIPT,
         cluster.node, cluster.pid_file("node"), cluster.node_name, pause],
        cluster.log("node-parent"))
    deadline = time.monotonic() + 10
    while not (cluster.node / "made").exists():
        if (processes.pid_of(cluster.pid_file("node-parent")) is None
                or time.monotonic() > deadline):
            raise Failure("the node's namespaces cannot be made; is this "
                          "root?", log=cluster.log("node-parent"))
        time.sleep(0.005)


def _make_network(cluster: Cluster) -> None:
    pid = first_process(cluster)
    host, node = cluster.host_address, cluster.node_address
    _ip(cluster, f"""
link add {cluster.link} type veth peer name eth0 netns {pid}
link set {cluster.link} alias {cluster.control_group}
addr add {host}/24 dev {cluster.link}
link set {cluster.link} up
route add {cluster.pod_range} via {node}
route add {cluster.service_range} via {node}
""")
    _ip(cluster, f"""
addr add {node}/24 dev eth0
link set eth0 up
route add default via {host}
""", inside=True)


def _ip(cluster: Cluster, lines: str, inside: bool = False) -> None:
    batch = cluster.node / ("ip-inside" if inside else "ip-outside")
    batch.write_text(lines.strip() + "\n")
    run_logged([*(entering(cluster) if inside else []), "ip", "-batch", batch],
               cluster.log("ip"), "making the node's network")


def _make_control_groups(cluster: Cluster) -> None:
    """All pods go below one group, by which they are told apart."""
    for folder in control_group_folders(cluster):
        folder.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):
            # Version 1 makes a group without any processor or memory node.
            if os.path.exists(folder / name) and os.path.exists(
                    folder / "cpuset.mem_exclusive"):
                (folder / name).write_text(
                    (folder.parent / name).read_text())
