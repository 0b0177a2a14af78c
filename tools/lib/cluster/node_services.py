"""The programs in the node: containerd, kubelet, kube-proxy, DNS."""

import json
import socket
import subprocess
from pathlib import Path

from ..shared.progress import Failure, step
from . import images, node, probes, processes
from .state import Cluster

PROGRAMS = ("containerd", "kubelet", "kube-proxy", "coredns")
IMPORT = "import-"  # prefix of processes that are not daemons
_SOCKET = "/run/containerd/containerd.sock"
_PLUGINS = "/usr/lib/cni"  # where Debian installs them


def start_containerd(cluster: Cluster, programs: dict[str, Path],
                     archives: list[Path]) -> list:
    """Starts containerd and the imports; finish_imports() waits for them."""
    (cluster.node / "cni").mkdir()
    _write_json(cluster.node / "cni/10-bridge.conflist", {
        "cniVersion": "1.0.0", "name": "locust-operator", "plugins": [
            {"type": "bridge", "bridge": "cni0", "isGateway": True,
             "hairpinMode": True, "ipam": {
                 "type": "host-local",
                 "ranges": [[{"subnet": cluster.pod_range}]],
                 "routes": [{"dst": "0.0.0.0/0"}]}},
            {"type": "portmap", "capabilities": {"portMappings": True}}]})
    config = cluster.node / "containerd.toml"
    config.write_text(f"""version = 3
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
]
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "{images.PAUSE}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["{_PLUGINS}"]
  conf_dir = "{cluster.node}/cni"
""")
    _spawn(cluster, programs, "containerd", "--config", config)
    probes.wait(cluster, "containerd", lambda: _accepts(cluster))
    return [import_image(cluster, programs, archive) for archive in archives]


def import_image(cluster: Cluster, programs: dict,
                 archive: Path) -> tuple[str, subprocess.Popen]:
    """Starts the import of an image archive into the node."""
    name = IMPORT + archive.stem
    cluster.log(name).unlink(missing_ok=True)
    return name, processes.spawn(
        cluster.pid_file(name),
        [programs["ctr"], "--address", node.path_from_host(cluster, _SOCKET),
         "--namespace", "k8s.io", "images", "import", archive.resolve()],
        cluster.log(name))


def finish_imports(cluster: Cluster, imports: list) -> None:
    for name, process in imports:
        code = process.wait()
        cluster.pid_file(name).unlink()
        if code != 0:
            raise Failure("an image could not be imported", process.args[4:],
                          cluster.log(name))


def start_rest(cluster: Cluster, programs: dict[str, Path],
               imports: list) -> None:
    """Starts the clients of the API server, which must be ready."""
    with step("starting the services of the node"):
        _start_kubelet(cluster, programs)
        _start_proxy(cluster, programs)
        _start_dns(cluster, programs)
        finish_imports(cluster, imports)
        probes.wait(cluster, "kubelet", lambda: probes.is_node_ready(cluster))
        for program, port, path in (("kube-proxy", 10256, "/healthz"),
                                    ("coredns", 8181, "/ready")):
            probes.wait(cluster, program, lambda port=port, path=path:
                        probes.answers(cluster.node_address, port, path))


def _start_kubelet(cluster: Cluster, programs: dict) -> None:
    resolver = cluster.node / "resolv.conf"
    resolver.write_text(f"nameserver {cluster.node_address}\n")
    config = cluster.node / "kubelet.json"
    _write_json(config, {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False}, "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(cluster.pki / "ca.crt")}},
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": "/" + cluster.control_group,
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [cluster.node_address],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": "unix://" + _SOCKET,
        "resolvConf": str(resolver),
        # Images cannot be pulled again, so they must not be garbage collected.
        "evictionHard": {"nodefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
    })
    _spawn(cluster, programs, "kubelet", f"--config={config}",
           f"--kubeconfig={cluster.pki}/kubelet.kubeconfig",
           f"--hostname-override={cluster.node_name}",
           f"--node-ip={cluster.node_address}")


def _start_proxy(cluster: Cluster, programs: dict) -> None:
    _spawn(cluster, programs, "kube-proxy",
           f"--kubeconfig={cluster.pki}/proxy.kubeconfig",
           "--proxy-mode=nftables", f"--cluster-cidr={cluster.pod_range}",
           f"--hostname-override={cluster.node_name}",
           # These settings are read-only in a network namespace.
           "--conntrack-max-per-core=0", "--conntrack-min=0")


def _start_dns(cluster: Cluster, programs: dict) -> None:
    corefile = cluster.node / "Corefile"
    corefile.write_text(f""".:53 {{
    bind {cluster.node_address}
    errors
    ready {cluster.node_address}:8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        kubeconfig {cluster.kubeconfig} {cluster.context}
    }}
}}
""")
    _spawn(cluster, programs, "coredns", "-conf", corefile)


def _spawn(cluster: Cluster, programs: dict, name: str, *flags) -> None:
    path = ":".join([str(programs["containerd-shim-runc-v2"].parent),
                     "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
    processes.spawn(cluster.pid_file(name),
                    [*node.entering(cluster), "/usr/bin/env", f"PATH={path}",
                     programs[name], *flags], cluster.log(name))


def _write_json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")


def _accepts(cluster: Cluster) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(node.path_from_host(cluster, _SOCKET)))
        except OSError:
            return False
    return True
