"""The command line of tools/image."""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ..cluster import cli as cluster
from ..shared import builds
from ..shared.locks import file_lock
from ..shared.paths import ROOT, cache_root
from ..shared.progress import Failure, say, step
from . import archive, collect, debian, dockerfile, engines, sbom, stamp

HERE = Path(__file__).resolve().parent
_REPOSITORY = "docker.io/library/locust-operator"
_KEPT = 8  # images of earlier commits


def main() -> int:
    options = _parser().parse_args()
    try:
        return options.run(options)
    except Failure as failure:
        print(failure.report("tools/image"), file=sys.stderr)
    except (debian.Unusable, dockerfile.Unreadable) as why:
        print(f"tools/image: {why}", file=sys.stderr)
    except KeyboardInterrupt:
        print("tools/image: interrupted", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/image",
        description="Builds a reproducible container image of the operator, and "
        "an SPDX document of its contents.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, run, text):
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--engine", default="auto", metavar="NAME",
                           choices=("auto", *engines.ENGINES, engines.NONE),
                           help="docker, podman, buildah, or none to use the "
                           "packages of this machine, which must be a Debian "
                           "12 (default: the first that works)")
        added.add_argument("--engine-arg", action="append", default=[],
                           metavar="ARG", help="additional argument for the "
                           "`build` command of the engine; may be repeated")
        added.add_argument("--base", metavar="IMAGE", help="base image of the "
                           "build, such as ...@sha256:... (default: that of "
                           "the Dockerfile); created from packages if it "
                           "cannot be pulled")
        added.add_argument("--binary", type=Path, metavar="FILE",
                           help="without an engine: use this release build "
                           "instead of building one")
        added.add_argument("--source", default="", metavar="URL",
                           help="value of the label org.opencontainers.image."
                           "source")
        added.add_argument("--output", type=Path, metavar="FOLDER",
                           help="folder for image and document (default: in "
                           "the cache)")
        return added

    command("build", _build, "print the path of the image archive; build it "
            "first if needed")
    load = command("load", _load, "build the image and load it into a node of "
                   "tools/cluster")
    load.add_argument("--cluster", default="default", metavar="NAME",
                      help="name of the cluster (default: default)")
    return parser


# -- commands ----------------------------------------------------------------


def _build(options) -> int:
    print(_provide(options))
    return 0


def _load(options) -> int:
    return cluster.main(["load-image", "--name", options.cluster,
                         str(_provide(options))])


def _provide(options) -> Path:
    """Returns the archive; the SPDX document is in the same folder."""
    engine = engines.choose(options.engine)
    target = (_of_this_machine(options) if engine == engines.NONE
              else _of_engine(engine, options))
    _remove_old(target.parent)
    if not options.output:
        return target
    options.output.mkdir(parents=True, exist_ok=True)
    for file in target.parent.iterdir():
        shutil.copy(file, options.output)
    return options.output / target.name


def _of_this_machine(options) -> Path:
    binary = options.binary or _release_build()
    if not binary.is_file():
        raise Failure(f"the file {binary} does not exist")
    about = stamp.of_binary(binary)
    key = _key_of(binary, options.source)
    target = _target(key, about)
    with _lock(target):
        if not target.exists():
            with step(f"building the image {_name(about)}"):
                _pack(target, about, options.source, lambda root:
                      collect.fill_root(binary, root, about.seconds))
    return target


def _of_engine(engine: str, options) -> Path:
    """Always builds: the engine has its own cache."""
    about = stamp.of_tree(ROOT)
    target = _target(engine, about)
    log = cache_root() / "logs/operator-image.log"
    log.unlink(missing_ok=True)
    arguments = {"COMMIT": about.commit,
                 "SOURCE_DATE_EPOCH": str(about.seconds)}
    base = options.base or dockerfile.base(_dockerfile())
    with _lock(target):
        shutil.rmtree(target.parent, ignore_errors=True)
        _pack(target, about, options.source, lambda root: engines.build_root(
            engine, ROOT, base, arguments, options.engine_arg, root, log))
    return target


# -- helpers -----------------------------------------------------------------


def _pack(target: Path, about: stamp.Stamp, source: str, fill) -> None:
    """Writes archive and document of the root file system that fill() creates."""
    name = _name(about)
    config = {
        "architecture": engines.architecture(), "os": "linux",
        "created": about.created,
        "config": dockerfile.configuration(_dockerfile(), {
            "VERSION": about.version, "COMMIT": about.commit,
            "CREATED": about.created, "SOURCE": source}),
    }
    target.parent.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent.parent,
                                     prefix="unfinished-") as work:
        root, made = Path(work) / "root", Path(work) / target.parent.name
        made.mkdir()
        fill(root)
        digest = archive.write_archive(root, config, name, about.seconds,
                                       made / target.name)
        document = sbom.document(root, about, name, digest)
        (made / target.name).with_suffix(".spdx.json").write_text(
            json.dumps(document, indent=1) + "\n")
        size = archive.size_of(root) / 1e6
        made.rename(target.parent)
    say(f"{name}: {digest}, {size:.1f} MB of files")


def _release_build() -> Path:
    if subprocess.run([ROOT / "tools/setup", "compile"],
                      check=False).returncode:
        raise Failure("tools/setup failed; see its output above")
    with step("building the operator"):
        built = builds.provide("release", "locust-operator")
    return built / "actors/locust-operator"


def _key_of(binary: Path, source: str) -> str:
    """A hash of what an image depends on: program, packages, and this code."""
    digest = hashlib.sha256(source.encode())
    for file in (binary, Path("/var/lib/dpkg/status"), ROOT / "Dockerfile",
                 ROOT / "LICENSE", *sorted(HERE.glob("*.py"))):
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _target(key: str, about: stamp.Stamp) -> Path:
    return (cache_root() / "images" / f"operator-{key}"
            / f"{collect.PROGRAM}-{about.version}.tar")


def _lock(target: Path):
    return file_lock(target.parent.with_suffix(".lock"),
                     lambda: say("another run is building this image; waiting"),
                     remove=True)


def _remove_old(used: Path) -> None:
    used.touch()
    by_age = sorted((one for one in used.parent.glob("operator-*")
                     if one.is_dir()), key=lambda one: one.stat().st_mtime)
    for folder in by_age[:-_KEPT]:
        shutil.rmtree(folder)


def _name(about: stamp.Stamp) -> str:
    return f"{_REPOSITORY}:{about.version}"


def _dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


if __name__ == "__main__":
    sys.exit(main())
