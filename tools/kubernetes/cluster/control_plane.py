"""etcd, the API server and the controllers, on the host itself."""

import http.client
import ssl
import time
from pathlib import Path

from . import certificates, processes
from .progress import Failure, step
from .state import Cluster

_PATIENCE_SECONDS = 60


def start(cluster: Cluster, programs: dict[str, Path]) -> None:
    with step("starting the control plane"):
        _start_etcd(cluster, programs)
        _start_apiserver(cluster, programs)
        _start_controller_manager(cluster, programs)
        if cluster.index is not None:
            _start_scheduler(cluster, programs)
        wait_for(cluster, "kube-apiserver", "/readyz")


def wait_for_service_account(cluster: Cluster) -> None:
    """Pods are refused before the controllers have made this object."""
    wait_for(cluster, "kube-controller-manager",
             "/api/v1/namespaces/default/serviceaccounts/default")


def is_ready(cluster: Cluster) -> bool:
    return _status(cluster, "/readyz") == 200


def wait_for(cluster: Cluster, program: str, path: str) -> None:
    """Waits until the API server answers a path with 200."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _status(cluster, path) != 200:
        check_alive(cluster, program)
        if time.monotonic() > deadline:
            raise Failure(f"{path} of {cluster.server} was not there after "
                          f"{_PATIENCE_SECONDS} s", log=cluster.log(program))
        time.sleep(0.05)


def check_alive(cluster: Cluster, program: str) -> None:
    if processes.pid_of(cluster.pid_file(program)) is None:
        raise Failure(f"{program} ended", log=cluster.log(program))


def _status(cluster: Cluster, path: str) -> int | None:
    context = ssl.create_default_context(cafile=cluster.pki / "ca.crt")
    context.load_cert_chain(cluster.pki / "admin.crt",
                            cluster.pki / "admin.key")
    connection = http.client.HTTPSConnection(
        cluster.host_address, cluster.ports["apiserver"], timeout=5,
        context=context)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


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
           "--unsafe-no-fsync")  # what a crash of the machine loses is a test


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
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged",
    ]
    if cluster.index is None:
        # Nothing could use the Service `kubernetes`; loopback is refused too.
        flags.append("--endpoint-reconciler-type=none")
    else:
        flags += [
            f"--kubelet-client-certificate={pki}/admin.crt",
            f"--kubelet-client-key={pki}/admin.key",
            "--kubelet-preferred-address-types=InternalIP",
            # Webhooks in pods: straight to the pod, as the host runs no proxy.
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
