"""The node: a set of namespaces that end with their first process.

The node shares the files of the machine, but has its own processes, mounts,
network and host name. When its first process is killed, the kernel kills all
other processes in the namespaces and removes mounts and interfaces. The
firewall and the settings of the host do not change.
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

# The kubelet would set these for the whole machine. In the node, files with the
# expected content are mounted over them, so the machine keeps its settings.
_SETTINGS = {"kernel/keys/root_maxbytes": "25000000",
             "kernel/keys/root_maxkeys": "1000000",
             "kernel/panic": "10", "kernel/panic_on_oops": "1",
             "vm/overcommit_memory": "1", "vm/panic_on_oom": "0"}

_SCRIPT = Path(__file__).with_name("node.sh")


def check_machine(*folders: Path) -> None:
    """Raises Failure if a node cannot run here or cannot use these folders."""
    if os.geteuid() != 0:
        raise Failure("a node requires root; --control-plane-only does not")
    missing = [program for program in _NEEDED if not shutil.which(program)]
    if missing:
        raise Failure(f"not installed: {', '.join(missing)}; run tools/setup")
    for folder in folders:
        if folder.is_relative_to("/var") or folder.is_relative_to("/run"):
            raise Failure(f"a cluster with a node cannot use {folder}, because "
                          "the node has its own /var and /run")


def make(cluster: Cluster, pause: Path) -> None:
    """Creates the namespaces, their network and the control groups."""
    with step("creating the node"):
        _make_namespaces(cluster, pause)
        _make_network(cluster)
        _make_control_groups(cluster)


def first_process(cluster: Cluster) -> int:
    if (pid := processes.pid_of(cluster.pid_file("node"))) is None:
        raise Failure("the first process of the node has ended",
                      log=cluster.log("node-parent"))
    return pid


def entering(cluster: Cluster) -> list[str]:
    """A prefix that runs a command in the node."""
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
            raise Failure("cannot create the namespaces of the node",
                          log=cluster.log("node-parent"))
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
               cluster.log("ip"), "creating the network of the node")


def _make_control_groups(cluster: Cluster) -> None:
    """Creates the control group of all pods of this cluster."""
    for folder in control_group_folders(cluster):
        folder.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):
            # With cgroup v1, a new group has no processor and no memory node.
            if os.path.exists(folder / name) and os.path.exists(
                    folder / "cpuset.mem_exclusive"):
                (folder / name).write_text(
                    (folder.parent / name).read_text())
