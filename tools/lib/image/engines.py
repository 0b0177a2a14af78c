"""Builds with Docker, Podman or Buildah, if one of them works here."""

import os
import platform
import subprocess
import tarfile
import tempfile
from pathlib import Path

from ..shared.progress import Failure, run_logged, say, step
from . import archive

NONE = "none"
ENGINES = {"docker": "build", "podman": "build", "buildah": "build"}
_DEBIAN = "bookworm"


def choose(wanted: str) -> str:
    """The requested engine, or for `auto` the first that works."""
    if wanted == NONE:
        return NONE
    for name in ENGINES if wanted == "auto" else [wanted]:
        if _succeeds(name, "info"):
            return name
    if wanted != "auto":
        raise Failure(f"{wanted} does not work here; run `{wanted} info` to see "
                      "why")
    say("no container engine works here; using the packages of this machine")
    return NONE


def build_root(engine: str, top: Path, base: str, arguments: dict[str, str],
               extra: list[str], root: Path, log: Path) -> None:
    """Builds the Dockerfile in `top` with the engine; unpacks the result."""
    _provide_base(engine, base, log)
    exported = root.with_name(root.name + ".tar")
    given = [f"--build-arg={name}={value}"
             for name, value in {"BASE": base, **arguments}.items()]
    with step(f"building the image with {engine}; log {log}"):
        run_logged([engine, "build", f"--output=type=tar,dest={exported}",
                    *given, *extra, top], log,
                   f"{engine} build failed (to build without it: --engine none)")
    root.mkdir(parents=True)
    with tarfile.open(exported) as opened:
        opened.extractall(root)
    exported.unlink()


def _provide_base(engine: str, base: str, log: Path) -> None:
    """Provides the base image: an existing one, pulled, or from packages."""
    if _has(engine, base) or _succeeds(engine, "pull", base):
        return
    say(f"{engine} cannot pull {base}; creating it from Debian packages")
    with tempfile.TemporaryDirectory(dir=log.parent) as folder:
        file = Path(folder) / "base.tar"
        _make_base(base, file, log)
        words = (["pull", f"docker-archive:{file}"] if engine == "buildah"
                 else ["load", "--input", file])
        run_logged([engine, *words], log,
                   f"{engine} cannot load the base image")


def _make_base(base: str, target: Path, log: Path) -> None:
    root, packed = target.with_name("root"), target.with_name("root.tar")
    with step("extracting Debian"):
        run_logged(["mmdebstrap", "--variant=minbase",
                    "--include=ca-certificates", _DEBIAN, packed], log,
                   "mmdebstrap failed",
                   env=os.environ | {"SOURCE_DATE_EPOCH": "0"})
    root.mkdir()
    run_logged(["tar", "-xf", packed, "-C", root, "--exclude=./dev/*"], log,
               "unpacking Debian failed")
    archive.write_archive(root, {"architecture": architecture(),
                                 "os": "linux", "config": {}}, base, 0, target)


def architecture() -> str:
    """The name of the architecture in images."""
    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _has(engine: str, image: str) -> bool:
    words = (["inspect", "--type=image"] if engine == "buildah"
             else ["image", "inspect"])
    return _succeeds(engine, *words, image)


def _succeeds(*words) -> bool:
    try:
        return subprocess.run(words, stdin=subprocess.DEVNULL, check=False,
                              capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
