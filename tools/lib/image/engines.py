"""Docker, Podman or Buildah, where there is one that works."""

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
    """The engine to build with: the wanted one, or the first that works."""
    if wanted == NONE:
        return NONE
    for name in ENGINES if wanted == "auto" else [wanted]:
        if _says_yes(name, "info"):
            return name
    if wanted != "auto":
        raise Failure(f"{wanted} does not work here; `{wanted} info` says why")
    say("no engine works here: an image of this machine's own packages")
    return NONE


def build_root(engine: str, top: Path, base: str, arguments: dict[str, str],
               extra: list[str], root: Path, log: Path) -> None:
    """Has the engine build the Dockerfile of `top`; unpacks its files."""
    _provide_base(engine, base, log)
    exported = root.with_name(root.name + ".tar")
    given = [f"--build-arg={name}={value}"
             for name, value in {"BASE": base, **arguments}.items()]
    with step(f"{engine} builds the image; {log} grows"):
        run_logged([engine, "build", f"--output=type=tar,dest={exported}",
                    *given, *extra, top], log,
                   f"{engine} build failed (--engine none does without)")
    root.mkdir(parents=True)
    with tarfile.open(exported) as opened:
        opened.extractall(root)
    exported.unlink()


def _provide_base(engine: str, base: str, log: Path) -> None:
    """The base image: there already, of a registry, or made of packages."""
    if _has(engine, base) or _says_yes(engine, "pull", base):
        return
    say(f"{engine} cannot pull {base}: it is made of packages")
    with tempfile.TemporaryDirectory(dir=log.parent) as folder:
        file = Path(folder) / "base.tar"
        _make_base(base, file, log)
        words = (["pull", f"docker-archive:{file}"] if engine == "buildah"
                 else ["load", "--input", file])
        run_logged([engine, *words], log,
                   f"{engine} does not take the base image")


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
    """As images name it."""
    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _has(engine: str, image: str) -> bool:
    words = (["inspect", "--type=image"] if engine == "buildah"
             else ["image", "inspect"])
    return _says_yes(engine, *words, image)


def _says_yes(*words) -> bool:
    try:
        return subprocess.run(words, stdin=subprocess.DEVNULL, check=False,
                              capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
