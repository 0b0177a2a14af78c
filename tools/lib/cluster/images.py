"""Builds the container images, because no registry can be reached.

An image is a tar of manifest.json, a configuration and one layer. Layers are
reproducible: entries are sorted, times are fixed, and no path of the build is
inside.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from ..shared.locks import file_lock
from ..shared.paths import cache_root
from ..shared.progress import run_logged, say, step
from . import paths

PAUSE = "docker.io/library/pause:local"
LOCUST = "docker.io/locustio/locust:local"
EXPORTER_STAND_IN = "docker.io/locust-operator/exporter-stand-in:local"

_PACKAGES = ("base-files,dash,coreutils,libc-bin,libstdc++6,netbase,"
             "ca-certificates,python3-minimal,libpython3.11-stdlib")
_PYTHON = "/usr/bin/python3"  # Debian 12's, the same as in the image
_SITE_PACKAGES = "usr/local/lib/python3.11/dist-packages"
_LOCUST_COMMAND = f"""#!{_PYTHON}
import sys
from locust.main import main
sys.exit(main())
"""
_ACCOUNTS = """root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
locust:x:1000:1000:locust:/home/locust:/bin/sh
"""


@dataclass(frozen=True)
class Image:
    name: str
    recipe: str  # a key of RECIPES
    inputs: tuple  # files below paths.IMAGES
    config: dict = field(hash=False)


IMAGES = (
    Image(PAUSE, "pause", ("pause.c",), {"Entrypoint": ["/pause"]}),
    Image(EXPORTER_STAND_IN, "exporter", ("exporter_stand_in.c",),
          {"Entrypoint": ["/exporter-stand-in"], "User": "65534"}),
    Image(LOCUST, "locust", ("locust/requirements.txt",),
          {"Entrypoint": ["locust"], "User": "1000",
           "WorkingDir": "/home/locust",
           "Env": ["PATH=/usr/local/bin:/usr/bin:/bin",
                   "HOME=/home/locust", "PYTHONUNBUFFERED=1"]}),
)


def provide_images() -> list[Path]:
    """Image archives that containerd can import; builds missing ones."""
    return [_provide("images", image.recipe + ".tar", _key_of(image),
                     f"building the image {image.name}",
                     lambda target, log, image=image:
                         make_archive(image, target, log))
            for image in IMAGES]


def provide_pause() -> Path:
    """The pause program alone, which is the first process of a node."""
    return _provide("programs", "pause", _key_of(IMAGES[0]),
                    "compiling pause",
                    lambda target, log:
                        _compile(paths.IMAGES / "pause.c", target, log))


def _key_of(image: Image) -> str:
    """A hash of what an image depends on: its inputs and this file."""
    digest = hashlib.sha256()
    for file in (Path(__file__), *(paths.IMAGES / i for i in image.inputs)):
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _provide(kind: str, name: str, key: str, label: str, make) -> Path:
    stem, dot, suffix = name.partition(".")
    target = cache_root() / kind / f"{stem}-{key}{dot}{suffix}"
    if target.exists():
        return target
    with file_lock(cache_root() / f"{kind}.lock",
                   lambda: say("another run is building images; waiting")):
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            log = cache_root() / "logs" / f"{stem}.log"
            log.unlink(missing_ok=True)
            unfinished = target.with_suffix(".unfinished")
            with step(label):
                make(unfinished, log)
            unfinished.rename(target)
    return target


def _compile(source: Path, target: Path, log: Path) -> None:
    run_logged(["gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-static",
                "-s", "-o", target, source], log, f"compiling {source.name}")


def make_archive(image: Image, target: Path, log: Path) -> None:
    work = target.with_name(target.name + ".folder")
    shutil.rmtree(work, ignore_errors=True)
    root = work / "root"
    root.mkdir(parents=True)
    root.chmod(0o755)
    try:
        RECIPES[image.recipe](root, log)
        layer = work / "layer.tar"
        run_logged(["tar", "--create", "--file", layer, "--sort=name",
                    "--mtime=@0", "--numeric-owner", "--format=gnu",
                    "--directory", root, "."], log, "packing the layer")
        _write_archive(image, layer, target)
    finally:
        shutil.rmtree(work)


def _write_archive(image: Image, layer: Path, target: Path) -> None:
    with open(layer, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    config = json.dumps({
        "architecture": "amd64", "os": "linux",
        "created": "1970-01-01T00:00:00Z", "config": image.config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }, sort_keys=True).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [image.name],
                            "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in (("manifest.json", manifest),
                              (config_name, config)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        entry = tarfile.TarInfo("layer.tar")
        entry.size = layer.stat().st_size
        with open(layer, "rb") as file:
            archive.addfile(entry, file)


def _fill_pause(root: Path, log: Path) -> None:
    _compile(paths.IMAGES / "pause.c", root / "pause", log)


def _fill_exporter(root: Path, log: Path) -> None:
    _compile(paths.IMAGES / "exporter_stand_in.c",
             root / "exporter-stand-in", log)


def _fill_locust(root: Path, log: Path) -> None:
    # Packages are only extracted. Their scripts do not run, so the result is
    # reproducible; the code below creates what the scripts would have created.
    run_logged(["mmdebstrap", "--variant=extract", "--include=" + _PACKAGES,
                "bookworm", root], log, "extracting Debian packages failed",
               env=os.environ | {"SOURCE_DATE_EPOCH": "0"})
    for unwanted in ("usr/share/doc", "usr/share/man", "usr/share/locale",
                     "usr/share/info", "var/cache", "var/lib", "var/log",
                     "dev"):
        shutil.rmtree(root / unwanted, ignore_errors=True)
    run_logged(["chroot", root, "/sbin/ldconfig"], log, "ldconfig failed")
    shutil.rmtree(root / "var/cache", ignore_errors=True)
    etc = root / "etc"
    (etc / "passwd").write_text(_ACCOUNTS)
    (etc / "group").write_text("root:x:0:\nlocust:x:1000:\nnogroup:x:65534:\n")
    certificates = sorted((root / "usr/share/ca-certificates").rglob("*.crt"))
    (etc / "ssl/certs").mkdir(parents=True, exist_ok=True)
    (etc / "ssl/certs/ca-certificates.crt").write_bytes(
        b"".join(file.read_bytes() for file in certificates))

    site_packages = root / _SITE_PACKAGES
    run_logged([_PYTHON, "-m", "pip", "install", "--no-compile", "--no-deps",
                "--root-user-action=ignore", "--only-binary=:all:",
                "--target", site_packages, "--requirement",
                paths.IMAGES / "locust/requirements.txt"],
               log, "pip install failed", env=_without_other_python())
    shutil.rmtree(site_packages / "bin")
    command = root / "usr/local/bin/locust"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(_LOCUST_COMMAND)
    command.chmod(0o755)
    home = root / "home/locust"
    home.mkdir(parents=True)
    os.chown(home, 1000, 1000)
    # The user of the container cannot write byte code; without it, each start of
    # Locust would compile 1,500 files. Unchecked, because the times in the layer
    # differ from those of the sources, which do not change.
    run_logged([_PYTHON, "-m", "compileall", "-q", "-j0", "-f",
                "--invalidation-mode", "unchecked-hash", "-s", root, "-p", "/",
                root / "usr/lib/python3.11", root / "usr/lib/python3",
                site_packages], log, "compiling Python files failed",
               env=_without_other_python())


RECIPES = {"pause": _fill_pause, "exporter": _fill_exporter,
           "locust": _fill_locust}


def _without_other_python() -> dict[str, str]:
    """The environment without variables that change the behaviour of Python."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith("PYTHON")}
