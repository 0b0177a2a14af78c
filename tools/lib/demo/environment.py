"""What a test needs before it can run: the operator, a cluster, the shop."""

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
from .cleanup import Cleanup
from .kube import Kube
from .screen import building

HERE = Path(__file__).resolve().parent
CLUSTER = "demo"
NAMESPACE = "locust-demo"
OFFICIAL_IMAGE = "locustio/locust:2.46.1"

_CRD = "locusttests.locust.io"
_OURS = "app.kubernetes.io/managed-by=locust-operator-demo"
_OLDEST_MINOR = 29  # the first with native sidecars; the exporter is one
# Nothing uses the probes here, and port 8081 may be in use.
_FLAGS = ["--health-probe-bind-address=0"]
_SHOP_TIMEOUT_SECONDS = 120  # another cluster has to pull the image first


def folder() -> Path:
    """Folder of the logs, and of the manifest that --keep writes."""
    return cache_root() / "demo"


def set_up_machine(everything: bool) -> None:
    say("installing missing packages: tools/setup")
    group = "all" if everything else "build"
    if subprocess.run([ROOT / "tools/setup", group], check=False).returncode:
        raise Failure("tools/setup failed; see its output above")


def build_operator() -> Path:
    log = builds.log_of("release")
    log.unlink(missing_ok=True)
    with building("building the operator", log):
        built = builds.provide("release")
    return built / "actors/locust-operator"


# -- the cluster -------------------------------------------------------------


def own_cluster(cleanup: Cleanup) -> tuple[Kube, bool]:
    """Returns the demo's cluster, and whether it is new."""
    before = state.load(CLUSTER)
    is_new = not (before and before.ready)
    if not is_new:
        say(f"the cluster '{CLUSTER}' is already up and will stay up")
    else:
        cleanup.add("removing the cluster",
                    lambda: cluster.down([CLUSTER]))
    up = cluster.up(CLUSTER, state.Options())
    return Kube(_kubectl(), up.kubeconfig), is_new


def other_cluster(kubeconfig: Path | None, context: str | None) -> Kube:
    if kubeconfig and not kubeconfig.is_file():
        raise Failure(f"the kubeconfig {kubeconfig} does not exist")
    kube = Kube(_kubectl(), kubeconfig and kubeconfig.resolve(), context)
    try:
        version = kube.json("version").get("serverVersion", {})
    except Failure as failure:
        raise Failure(f"cannot use this cluster: {failure.sentence}; check "
                      "`kubectl config get-contexts` and `kubectl "
                      "cluster-info`",
                      failure.command) from None
    minor = int("".join(filter(str.isdigit, version.get("minor", ""))) or 0)
    if minor < _OLDEST_MINOR:
        raise Failure(f"Kubernetes 1.{_OLDEST_MINOR} or newer is required; this "
                      f"cluster has {version.get('gitVersion')}")
    say(f"using the cluster {kube.server()}: namespace {NAMESPACE}, CRD {_CRD}")
    return kube


def _kubectl() -> str:
    if shutil.which("kubectl"):
        return "kubectl"
    return str(programs.provide([programs.KUBECTL])["kubectl"])


# -- objects in the cluster --------------------------------------------------


def install_crd(kube: Kube, cleanup: Cleanup, is_own: bool) -> None:
    found = kube.find("crd", _CRD)
    if found and not is_own and not _is_ours(found):
        raise Failure(
            f"this cluster already has the CRD {_CRD}, so another operator may "
            "be running there, and both would run each test; use another "
            "cluster, or remove the CRD and all its tests: kubectl delete crd "
            f"{_CRD}")
    if not found:
        cleanup.add("removing the CRD", lambda: kube.run(
            "delete", "crd", _CRD, "--ignore-not-found"))
    # The CRD is too large for the annotation of a client-side apply.
    kube.run("apply", "--server-side", "--force-conflicts", "--filename",
             str(ROOT / "deploy/crd"))
    kube.run("label", "--overwrite", "crd", _CRD, _OURS)
    kube.run("wait", "--for=condition=Established", f"crd/{_CRD}",
             "--timeout=30s")


def make_namespace(kube: Kube, cleanup: Cleanup) -> None:
    found = kube.find("namespace", NAMESPACE)
    if found and not _is_ours(found):
        raise Failure(f"the namespace {NAMESPACE} exists and does not belong to "
                      "an earlier demo; remove it, or use another cluster")
    if found:
        with step("removing the objects of an earlier demo"):
            _delete_namespace(kube)
    cleanup.add(f"removing the namespace {NAMESPACE}",
                lambda: _delete_namespace(kube))
    kube.run("create", "namespace", NAMESPACE)
    kube.run("label", "namespace", NAMESPACE, _OURS)


def create_shop(kube: Kube, image: str) -> None:
    """Creates the HTTP service that is the target of the test."""
    for name, file in (("shop", "shop.py"), ("locustfile", "locustfile.py")):
        kube.run("create", "configmap", name, "--namespace", NAMESPACE,
                 f"--from-file={HERE / file}")
    kube.run("apply", "--namespace", NAMESPACE, "--filename=-",
             text=manifest("shop.yaml", image))


def wait_for_shop(kube: Kube) -> None:
    deadline = time.monotonic() + _SHOP_TIMEOUT_SECONDS
    while True:
        status = kube.find("pod", "shop", "--namespace", NAMESPACE)["status"]
        if any(one["type"] == "Ready" and one["status"] == "True"
               for one in status.get("conditions", [])):
            return
        if time.monotonic() > deadline:
            waiting = [one["state"].get("waiting", {}).get("message", "")
                       for one in status.get("containerStatuses", [])]
            raise Failure("the pod of the shop is not ready: "
                          f"{status['phase']} {' '.join(waiting)}; run again "
                          f"with --keep, then `kubectl -n {NAMESPACE} describe "
                          "pod shop`")
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
    """The operator as a process on this machine."""

    def __init__(self):
        self.pid_file = folder() / "operator.pid"
        self.log = folder() / "operator.log"

    @property
    def pid(self) -> int | None:
        return processes.pid_of(self.pid_file)

    def start(self, binary: Path, kube: Kube, environment: dict,
              keep: bool) -> None:
        self.log.unlink(missing_ok=True)
        # Without --keep, the operator ends with the demo.
        wrapper = [] if keep else ["setpriv", "--pdeathsig=TERM"]
        settings = [f"{name}={value}" for name, value in environment.items()]
        self._process = processes.spawn(
            self.pid_file,
            [*wrapper, "env", *settings, binary, *kube.access, *_FLAGS], self.log)

    def check(self) -> None:
        if self._process.poll() is not None:
            raise Failure("the operator exited with code "
                          f"{self._process.returncode}", log=self.log)

    def stop(self) -> None:
        if pid := self.pid:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while self.pid and time.monotonic() < deadline:
            time.sleep(0.02)
        processes.kill([self.pid_file])
        self.pid_file.unlink(missing_ok=True)
