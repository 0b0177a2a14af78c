"""etcd, the API server and the controllers, which run on the host."""

from pathlib import Path

from ..shared.progress import Failure, step
from . import probes, processes
from .state import Cluster


def start(cluster: Cluster, programs: dict[str, Path]) -> None:
    with step("starting the control plane"):
        for name in program_names(cluster):
            _STARTERS[name](cluster, programs)
        probes.wait(cluster, "kube-apiserver", lambda: is_ready(cluster))


def program_names(cluster: Cluster) -> list[str]:
    """In the order in which they start."""
    return [name for name in _STARTERS
            if cluster.index is not None or name != "kube-scheduler"]


def restart(cluster: Cluster, programs: dict[str, Path], name: str) -> None:
    """Kills a program if it is running, and starts it again."""
    if processes.kill([cluster.pid_file(name)]):
        raise Failure(f"{name} does not terminate")
    _STARTERS[name](cluster, programs)
    probes.wait(cluster, name, lambda: is_ready(cluster))


def wait_for_service_account(cluster: Cluster) -> None:
    """Pods are rejected until the controllers have created this object."""
    path = "/api/v1/namespaces/default/serviceaccounts/default"
    probes.wait(cluster, "kube-controller-manager",
                lambda: probes.has(cluster, path), path)


def is_ready(cluster: Cluster) -> bool:
    return probes.has(cluster, "/readyz")


def _spawn(cluster: Cluster, programs: dict, name: str, *flags) -> None:
    processes.spawn(cluster.pid_file(name), [programs[name], *flags],
                    cluster.log(name))


def _start_etcd(cluster: Cluster, programs: dict) -> None:
    client = f"http://127.0.0.1:{cluster.ports['etcd']}"
    peer = f"http://127.0.0.1:{cluster.ports['etcd-peer']}"
    _spawn(cluster, programs, "etcd",
           "--data-dir", cluster.folder / "etcd",
           "--listen-client-urls", client, "--advertise-client-urls", client,
           "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
           "--initial-cluster", f"default={peer}",
           "--log-level", "warn",
           "--unsafe-no-fsync")  # tests do not need data after a machine crash


def _start_apiserver(cluster: Cluster, programs: dict) -> None:
    pki = cluster.pki
    flags = [
        f"--etcd-servers=http://127.0.0.1:{cluster.ports['etcd']}",
        f"--secure-port={cluster.ports['apiserver']}",
        f"--bind-address={cluster.host_address}",
        f"--advertise-address={cluster.host_address}",
        f"--client-ca-file={pki}/ca.crt",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        f"--service-account-key-file={pki}/service-account.pub",
        f"--service-account-signing-key-file={pki}/service-account.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-cluster-ip-range={cluster.service_range}",
        "--authorization-mode=Node,RBAC",
        # OpenShift enables the second one, which requires another permission.
        "--enable-admission-plugins=NodeRestriction,"
        "OwnerReferencesPermissionEnforcement",
        "--allow-privileged",
    ]
    if cluster.index is None:
        # Nothing could use the Service `kubernetes`, and loopback is not allowed.
        flags.append("--endpoint-reconciler-type=none")
    else:
        flags += [
            f"--kubelet-client-certificate={pki}/admin.crt",
            f"--kubelet-client-key={pki}/admin.key",
            "--kubelet-preferred-address-types=InternalIP",
            # The host runs no kube-proxy, so webhooks are called at the pod address.
            "--enable-aggregator-routing",
        ]
    _spawn(cluster, programs, "kube-apiserver", *flags,
           *cluster.options.apiserver_args)


def _start_controller_manager(cluster: Cluster, programs: dict) -> None:
    pki = cluster.pki
    flags = [
        f"--kubeconfig={pki}/controller-manager.kubeconfig",
        "--use-service-account-credentials",
        f"--root-ca-file={pki}/ca.crt",
        f"--service-account-private-key-file={pki}/service-account.key",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        f"--secure-port={cluster.ports['controller-manager']}",
        "--kube-api-qps=500", "--kube-api-burst=1000",
    ]
    if not cluster.options.job_controller:
        flags.append("--controllers=*,-job-controller")
    if cluster.index is not None:
        flags += ["--allocate-node-cidrs",
                  f"--cluster-cidr={cluster.pod_range}"]
    _spawn(cluster, programs, "kube-controller-manager", *flags)


def _start_scheduler(cluster: Cluster, programs: dict) -> None:
    kubeconfig = cluster.pki / "scheduler.kubeconfig"
    _spawn(cluster, programs, "kube-scheduler",
           f"--kubeconfig={kubeconfig}",
           f"--authentication-kubeconfig={kubeconfig}",
           f"--authorization-kubeconfig={kubeconfig}",
           "--leader-elect=false", "--bind-address=127.0.0.1",
           f"--secure-port={cluster.ports['scheduler']}",
           "--kube-api-qps=500", "--kube-api-burst=1000")


_STARTERS = {"etcd": _start_etcd, "kube-apiserver": _start_apiserver,
             "kube-controller-manager": _start_controller_manager,
             "kube-scheduler": _start_scheduler}
