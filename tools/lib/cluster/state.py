"""The stored state of clusters, which is enough to find and remove them."""

import ipaddress
import json
import os
import random
import re
import socket
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..shared.locks import file_lock
from ..shared.progress import Failure
from . import paths, processes

_PORTS = range(20000, 30000)  # below the ephemeral ports of the kernel
_PORT_NAMES = ("apiserver", "etcd", "etcd-peer", "controller-manager",
               "scheduler")
_NODE_INDEXES = range(32)


@dataclass(frozen=True)
class Options:
    """The options of `up`; they are fixed while the cluster runs."""

    control_plane_only: bool = False
    job_controller: bool = True
    apiserver_args: tuple = ()


@dataclass
class Cluster:
    name: str
    options: Options
    ports: dict[str, int]
    index: int | None  # selects the addresses of the node; None without one
    boot_id: str = field(default_factory=processes.boot_id)
    ready: bool = False

    @property
    def folder(self) -> Path:
        return paths.state_root() / self.name

    @property
    def pki(self) -> Path:
        return self.folder / "pki"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def node(self) -> Path:
        return self.folder / "node"

    def log(self, program: str) -> Path:
        return self.folder / "log" / f"{program}.log"

    def pid_file(self, program: str) -> Path:
        return self.folder / "run" / f"{program}.pid"

    def pid_files(self) -> list[Path]:
        """The pid files of its processes; none after a reboot."""
        if self.boot_id != processes.boot_id():
            return []
        return sorted((self.folder / "run").glob("*.pid"))

    @property
    def context(self) -> str:
        """Name of the context in kubeconfigs."""
        return f"locust-operator-{self.name}"

    @property
    def node_name(self) -> str:
        return f"{self.name}-node"

    # -- addresses -----------------------------------------------------------

    @property
    def host_address(self) -> str:
        """The address of the API server, also for pods."""
        if self.index is None:
            return "127.0.0.1"
        return f"172.30.{self.index}.1"

    @property
    def node_address(self) -> str:
        return f"172.30.{self.index}.2"

    @property
    def pod_range(self) -> str:
        return f"10.{128 + (self.index or 0)}.0.0/24"

    @property
    def service_range(self) -> str:
        return f"10.{96 + (self.index or 0)}.0.0/16"

    @property
    def service_address(self) -> str:
        """The address of the Service `kubernetes`."""
        return f"10.{96 + (self.index or 0)}.0.1"

    @property
    def link(self) -> str:
        """The interface on the host that leads to the node."""
        return f"locust-op{self.index}"

    @property
    def control_group(self) -> str:
        """Unique, also among clusters in other state folders."""
        return f"locust-operator-{self.index}-{self.name}"

    @property
    def server(self) -> str:
        return f"https://{self.host_address}:{self.ports['apiserver']}"

    def save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / "cluster.json.unfinished"
        unfinished.write_text(json.dumps(asdict(self), indent=2) + "\n")
        unfinished.rename(self.folder / "cluster.json")


def check_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?", name):
        raise Failure(f"'{name}' is not a valid cluster name: at most 40 lower "
                      "case letters, digits and inner '-'")
    return name


def lock(name: str, waiting=None):
    """The lock for starting and removing that cluster."""
    _make_root()
    return file_lock(paths.state_root() / f".{name}.lock", waiting,
                     remove=True)


def load(name: str) -> Cluster | None:
    try:
        text = (paths.state_root() / name / "cluster.json").read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    values = json.loads(text)
    options = values.pop("options")
    options["apiserver_args"] = tuple(options["apiserver_args"])
    return Cluster(options=Options(**options), **values)


def names() -> list[str]:
    """Every cluster that has a folder, even if it never started."""
    if not paths.state_root().is_dir():
        return []
    return sorted(entry.name for entry in paths.state_root().iterdir()
                  if entry.is_dir())


def names_with_locks() -> list[str]:
    """Also clusters of which a killed run left only the lock."""
    left = {match[1] for entry in paths.state_root().glob(".*.lock")
            if (match := re.fullmatch(r"\.(.+)\.lock", entry.name))}
    return sorted(left | set(names()))


def remove_empty_root() -> None:
    if paths.state_root().is_dir():
        with _allocation_lock():
            pass  # also removes the lock of a killed run
        try:
            paths.state_root().rmdir()
        except OSError:
            pass  # other clusters exist


def allocate(name: str, options: Options) -> Cluster:
    """Creates a cluster with ports and addresses that are not in use."""
    _make_root()
    with _allocation_lock():
        others = [other for other in map(load, names()) if other]
        taken = {port for other in others for port in other.ports.values()}
        index = None
        if not options.control_plane_only:
            index = free_index({other.index for other in others}, _routes())
        cluster = Cluster(name, options, free_ports(taken), index)
        cluster.save()
        return cluster


def free_ports(taken: set[int]) -> dict[str, int]:
    ports = {}
    candidates = iter(random.sample(_PORTS, len(_PORTS)))
    for name in _PORT_NAMES:
        ports[name] = next(port for port in candidates
                           if port not in taken and _is_free(port))
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def free_index(taken: set, routes: list[str]) -> int:
    """The first index whose three address ranges have no route."""
    known = [ipaddress.ip_network(route) for route in routes]
    for index in _NODE_INDEXES:
        ranges = [ipaddress.ip_network(text) for text in (
            f"172.30.{index}.0/24", f"10.{128 + index}.0.0/16",
            f"10.{96 + index}.0.0/16")]
        if index not in taken and not any(
                one.overlaps(other) for one in ranges for other in known):
            return index
    raise Failure(f"all {len(_NODE_INDEXES)} address ranges for nodes are in "
                  "use; see `tools/cluster status` and `ip route`")


def _routes() -> list[str]:
    output = subprocess.run(["ip", "-4", "-json", "route", "show"], check=True,
                            capture_output=True, text=True).stdout
    return [route["dst"] for route in json.loads(output or "[]")
            if route["dst"] != "default"]


def _allocation_lock():
    return file_lock(paths.state_root() / ".lock", remove=True)


def _make_root() -> None:
    root = paths.state_root()
    root.mkdir(parents=True, exist_ok=True)
    if root.stat().st_uid != os.geteuid():
        raise Failure(f"{root} belongs to another user; set "
                      "LOCUST_OPERATOR_STATE to a folder of your own")
