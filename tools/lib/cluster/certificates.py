"""The certificate authority of each cluster, and its kubeconfigs."""

import base64
import os

from ..shared.progress import run_logged
from .state import Cluster

_DAYS = "3650"
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_CLIENTS = {
    "admin": "/O=system:masters/CN=locust-operator-admin",
    "controller-manager": "/CN=system:kube-controller-manager",
    "scheduler": "/CN=system:kube-scheduler",
    "proxy": "/CN=system:kube-proxy",
    "kubelet": "/O=system:nodes/CN=system:node:{name}",
}


def make_all(cluster: Cluster) -> None:
    cluster.pki.mkdir(parents=True)
    cluster.pki.chmod(0o700)
    _make(cluster, "ca", "/CN=locust-operator-ca", "basicConstraints=CA:TRUE",
          signed=False)
    names = ("localhost", "kubernetes", "kubernetes.default",
             "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
    addresses = {"127.0.0.1", cluster.service_address, cluster.host_address}
    _make(cluster, "apiserver", "/CN=kube-apiserver",
          "subjectAltName=" + ",".join(
              [f"DNS:{name}" for name in names]
              + [f"IP:{address}" for address in sorted(addresses)]))
    for user, subject in _CLIENTS.items():
        if cluster.index is None and user in ("proxy", "kubelet", "scheduler"):
            continue
        _make(cluster, user, subject.format(name=cluster.node_name),
              "extendedKeyUsage=clientAuth")
        target = (cluster.kubeconfig if user == "admin"
                  else cluster.pki / f"{user}.kubeconfig")
        _write_kubeconfig(cluster, user, target)
    tokens = cluster.pki / "service-account.key"
    for command in (["genpkey", "-algorithm", "EC", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-out", tokens],
                    ["pkey", "-in", tokens, "-pubout",
                     "-out", tokens.with_suffix(".pub")]):
        run_logged(["openssl", *command], cluster.log("openssl"),
                   "creating the key for service account tokens")


def _make(cluster: Cluster, name: str, subject: str, extension: str,
          signed: bool = True) -> None:
    authority = ["-CA", cluster.pki / "ca.crt", "-CAkey",
                 cluster.pki / "ca.key"] if signed else []
    run_logged(["openssl", "req", "-x509", *_NEW_KEY, "-days", _DAYS,
                "-subj", subject, "-addext", extension, *authority,
                "-keyout", cluster.pki / f"{name}.key",
                "-out", cluster.pki / f"{name}.crt"],
               cluster.log("openssl"), f"creating the certificate {name}")


def _write_kubeconfig(cluster: Cluster, user: str, target) -> None:
    def content(name: str) -> str:
        return base64.b64encode((cluster.pki / name).read_bytes()).decode()

    context = cluster.context
    text = f"""apiVersion: v1
kind: Config
current-context: {context}
clusters:
- name: {context}
  cluster:
    server: {cluster.server}
    certificate-authority-data: {content('ca.crt')}
contexts:
- name: {context}
  context:
    cluster: {context}
    user: {context}-{user}
users:
- name: {context}-{user}
  user:
    client-certificate-data: {content(user + '.crt')}
    client-key-data: {content(user + '.key')}
"""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
