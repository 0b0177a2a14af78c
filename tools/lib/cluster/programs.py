"""Builds the programs of a cluster once, from pinned Go modules."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..shared.locks import file_lock
from ..shared.paths import cache_root
from ..shared.progress import Failure, run_logged, say, step
from . import paths

_KUBERNETES = "k8s.io/kubernetes"
_CONTAINERD = "github.com/containerd/containerd/v2"


@dataclass(frozen=True)
class Program:
    name: str
    module: str  # a folder of paths.MODULES
    package: str
    stamp: str = ""  # -X flags of the linker; {version} is replaced


def _kubernetes(name: str) -> Program:
    # kubectl warns about a server without a version.
    base = "-X k8s.io/component-base/version."
    return Program(name, "kubernetes", f"{_KUBERNETES}/cmd/{name}",
                   f"{base}gitVersion={{version}} {base}gitMajor={{major}} "
                   f"{base}gitMinor={{minor}}")


def _containerd(name: str) -> Program:
    return Program(name, "containerd", f"{_CONTAINERD}/cmd/{name}",
                   f"-X {_CONTAINERD}/version.Version={{version}}")


# A control plane does not wait for programs that only nodes need.
CONTROL_PLANE = (
    _kubernetes("kube-apiserver"),
    Program("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    _kubernetes("kube-controller-manager"),
)
NODE = (
    _kubernetes("kube-scheduler"),
    _containerd("containerd"),
    _containerd("containerd-shim-runc-v2"),
    _containerd("ctr"),
    _kubernetes("kubelet"),
    _kubernetes("kube-proxy"),
    Program("coredns", "coredns", "."),
)
KUBECTL = _kubernetes("kubectl")
_HELM = "helm.sh/helm/v3"
# The Kubernetes version for which Helm renders without a cluster, set as in its
# Makefile. The default is 1.20, which current charts do not support.
_RENDERS_FOR = " ".join(
    f"-X {_HELM}/pkg/{package}.k8sVersion{part}"
    for package in ("chartutil", "lint/rules")
    for part in ("Major=1", "Minor=36"))
# Clients for people and tests.
CLIENTS = (KUBECTL, Program(
    "helm", "helm", f"{_HELM}/cmd/helm",
    f"-X {_HELM}/internal/version.version={{version}} {_RENDERS_FOR}"))

# Without cgo the programs are static and need no C compiler.
_ENVIRONMENT = {"CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": ""}
_FLAGS = ("-trimpath", "-buildvcs=false")


@cache
def _go() -> tuple[str, str]:
    """The go command and its version."""
    if not (go := shutil.which("go")):
        raise Failure("'go' is not on PATH; run tools/setup to see what is missing")
    return go, subprocess.run([go, "env", "GOVERSION"], check=True, text=True,
                              capture_output=True).stdout.strip()


def version_of(go_mod: str, package: str) -> str:
    """The version of the module that provides a package, from a go.mod."""
    for line in go_mod.splitlines():
        words = line.removeprefix("require").split()
        if len(words) >= 2 and words[1].startswith("v") and (
                package + "/").startswith(words[0] + "/"):
            return words[1]
    raise Failure(f"no module in go.mod provides {package}")


def linker_flags(program: Program, go_mod: str) -> str:
    if not program.stamp:
        return "-s -w"
    version = version_of(go_mod, program.package)
    major, minor = version.removeprefix("v").split(".")[:2]
    return "-s -w " + program.stamp.format(version=version, major=major,
                                           minor=minor)


def key_of(folder: Path, program: Program, go_version: str) -> str:
    """A hash of what a build depends on: sources, pins, flags, compiler."""
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.suffix in (".mod", ".sum", ".go"):
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)}\n".encode() + content)
    flags = linker_flags(program, (folder / "go.mod").read_text())
    digest.update(repr((program.package, flags, _FLAGS,
                        sorted(_ENVIRONMENT.items()), go_version)).encode())
    return digest.hexdigest()[:16]


def provide(programs) -> dict[str, Path]:
    """Paths of the programs; builds those that are not in the cache."""
    found = {}
    for program in programs:
        folder = paths.MODULES / program.module
        key = key_of(folder, program, _go()[1])
        target = (cache_root() / "programs" /
                  f"{program.name}-{key}" / program.name)
        if not target.exists():
            _build(program, folder, target)
        found[program.name] = target
    return found


def _build(program: Program, folder: Path, target: Path) -> None:
    # One lock for all builds: each build uses all cores, and builds at the same
    # time would compile shared packages twice.
    lock = cache_root() / "programs.lock"
    with file_lock(lock, lambda: say("another run is building; waiting")):
        if target.exists():
            return
        unfinished = target.parent.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        flags = linker_flags(program, (folder / "go.mod").read_text())
        command = [_go()[0], "build", *_FLAGS, "-ldflags", flags,
                   "-o", unfinished / program.name, program.package]
        log = cache_root() / "logs" / f"{program.name}.log"
        log.unlink(missing_ok=True)
        with step(f"building {program.name}"):
            run_logged(command, log, f"building {program.name} failed",
                       cwd=folder, env=os.environ | _ENVIRONMENT)
        unfinished.rename(target.parent)
