"""What has to be there before a test can run: operator, cluster, shop."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from ..cluster import cli as cluster
from ..cluster import images, processes, programs, state
from ..shared import builds
from ..shared.paths import ROOT, cache_root
from ..shared.progress import Failure, say, step
from .kube import Kube
from .screen import building
from .undo import Undo

HERE = Path(__file__).resolve().parent
CLUSTER = "demo"
NAMESPACE = "locust-demo"
OFFICIAL_IMAGE = "locustio/locust:2.46.1"

_CRD = "locusttests.locust.io"
_OURS = "app.kubernetes.io/managed-by=locust-operator-demo"
_OLDEST_MINOR = 29  # the first with sidecars, which the metrics exporter is
# Nothing asks for the operator's health here, and port 8081 may be taken.
_FLAGS = ["--health-probe-bind-address=0"]
_SHOP_PATIENCE_SECONDS = 120  # on another cluster its image is pulled first


def folder() -> Path:
    """Logs, and what --keep leaves."""
    return cache_root() / "demo"


def set_up_machine(everything: bool) -> None:
    say("tools/setup: what this machine lacks")
    group = "all" if everything else "build"
    if subprocess.run([ROOT / "tools/setup", group], check=False).returncode:
        raise Failure("tools/setup failed; what it says above is the reason")


def build_operator() -> Path:
    log = builds.log_of("release")
    log.unlink(missing_ok=True)
    with building("building the operator", log):
        built = builds.provide("release")
    return built / "actors/locust-operator"


# -- the cluster -------------------------------------------------------------


def own_cluster(undo: Undo) -> tuple[Kube, bool]:
    """The demo's cluster, and whether it is new."""
    before = state.load(CLUSTER)
    is_new = not (before and before.ready)
    if not is_new:
        say(f"the cluster '{CLUSTER}' was up before and will stay so")
    else:
        undo.later("taking the cluster down",
                   lambda: cluster.down([CLUSTER]))
    up = cluster.up(CLUSTER, state.Options())
    return Kube(_kubectl(), up.kubeconfig), is_new


def other_cluster(kubeconfig: Path | None, context: str | None) -> Kube:
    if kubeconfig and not kubeconfig.is_file():
        raise Failure(f"there is no kubeconfig {kubeconfig}")
    kube = Kube(_kubectl(), kubeconfig and kubeconfig.resolve(), context)
    try:
        version = kube.json("version").get("serverVersion", {})
    except Failure as failure:
        raise Failure(f"this cluster cannot be used: {failure.sentence}; see "
                      "kubectl config get-contexts and kubectl cluster-info",
                      failure.command) from None
    minor = int("".join(filter(str.isdigit, version.get("minor", ""))) or 0)
    if minor < _OLDEST_MINOR:
        raise Failure(f"the cluster is Kubernetes {version.get('gitVersion')};"
                      f" 1.{_OLDEST_MINOR} or newer is needed")
    say(f"using the cluster {kube.server()}: namespace {NAMESPACE}, CRD {_CRD}")
    return kube


def _kubectl() -> str:
    if shutil.which("kubectl"):
        return "kubectl"
    return str(programs.provide([programs.KUBECTL])["kubectl"])


# -- what is in it -----------------------------------------------------------


def install_crd(kube: Kube, undo: Undo, is_own: bool) -> None:
    found = kube.find("crd", _CRD)
    if found and not is_own and not _is_ours(found):
        raise Failure(
            f"this cluster has {_CRD} already, so an operator may be at work "
            "there and both would run each test; use another cluster, or "
            f"remove it first (and with it all tests: kubectl delete crd "
            f"{_CRD})")
    if not found:
        undo.later("removing the CRD", lambda: kube.run(
            "delete", "crd", _CRD, "--ignore-not-found"))
    # Too large for the annotation that a client-side apply would keep.
    kube.run("apply", "--server-side", "--force-conflicts", "--filename",
             str(ROOT / "deploy/crd"))
    kube.run("label", "--overwrite", "crd", _CRD, _OURS)
    kube.run("wait", "--for=condition=Established", f"crd/{_CRD}",
             "--timeout=30s")


def make_namespace(kube: Kube, undo: Undo) -> None:
    found = kube.find("namespace", NAMESPACE)
    if found and not _is_ours(found):
        raise Failure(f"there is a namespace {NAMESPACE} that is not of an "
                      "earlier demo; remove it, or use another cluster")
    if found:
        with step("removing what an earlier demo left"):
            _delete_namespace(kube)
    undo.later(f"removing the namespace {NAMESPACE}",
               lambda: _delete_namespace(kube))
    kube.run("create", "namespace", NAMESPACE)
    kube.run("label", "namespace", NAMESPACE, _OURS)


def open_shop(kube: Kube, image: str) -> None:
    """The HTTP service that is going to be tested."""
    for name, file in (("shop", "shop.py"), ("locustfile", "locustfile.py")):
        kube.run("create", "configmap", name, "--namespace", NAMESPACE,
                 f"--from-file={HERE / file}")
    kube.run("apply", "--namespace", NAMESPACE, "--filename=-",
             text=manifest("shop.yaml", image))


def wait_for_shop(kube: Kube) -> None:
    deadline = time.monotonic() + _SHOP_PATIENCE_SECONDS
    while True:
        status = kube.find("pod", "shop", "--namespace", NAMESPACE)["status"]
        if any(one["type"] == "Ready" and one["status"] == "True"
               for one in status.get("conditions", [])):
            return
        if time.monotonic() > deadline:
            waiting = [one["state"].get("waiting", {}).get("message", "")
                       for one in status.get("containerStatuses", [])]
            raise Failure("the shop's pod does not get ready: "
                          f"{status['phase']} {' '.join(waiting)}; with --keep "
                          f"it stays: kubectl -n {NAMESPACE} describe pod "
                          "shop")
        time.sleep(0.3)


def manifest(name: str, image: str) -> str:
    return (HERE / name).read_text().replace(images.LOCUST, image)


def _is_ours(found: dict) -> bool:
    key, _, value = _OURS.partition("=")
    return found["metadata"].get("labels", {}).get(key) == value


def _delete_namespace(kube: Kube) -> None:
    kube.run("delete", "namespace", NAMESPACE, "--ignore-not-found",
             "--timeout=80s")


# -- the operator ------------------------------------------------------------


class Operator:
    """The operator as a process of this machine."""

    def __init__(self):
        self.pid_file = folder() / "operator.pid"
        self.log = folder() / "operator.log"

    @property
    def pid(self) -> int | None:
        return processes.pid_of(self.pid_file)

    def start(self, binary: Path, kube: Kube, environment: dict,
              outlives_us: bool) -> None:
        self.log.unlink(missing_ok=True)
        leash = [] if outlives_us else ["setpriv", "--pdeathsig=TERM"]
        settings = [f"{name}={value}" for name, value in environment.items()]
        self._process = processes.spawn(
            self.pid_file,
            [*leash, "env", *settings, binary, *kube.access, *_FLAGS], self.log)

    def check(self) -> None:
        if self._process.poll() is not None:
            raise Failure("the operator ended with exit code "
                          f"{self._process.returncode}", log=self.log)

    def stop(self) -> None:
        if pid := self.pid:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while self.pid and time.monotonic() < deadline:
            time.sleep(0.02)
        processes.kill([self.pid_file])
        self.pid_file.unlink(missing_ok=True)
