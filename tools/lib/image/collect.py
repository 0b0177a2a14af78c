"""Fills a folder with the image's root: the operator, the shared libraries that
it needs, certificates, accounts; and what tells where all that is from.

The one list of what is inside. The Dockerfile runs this as a program; without
an engine, tools/image calls fill_root() on this machine.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import debian

USER = 65532
PROGRAM = "locust-operator"
RECORDS = "var/lib/dpkg/status.d"  # where scanners of images look
BUILT_WITH = f"usr/share/doc/{PROGRAM}/built-with"

# Debian packages of which only headers are used, so that they are in the
# program; with the licence of what is used of them.
COMPILED_IN = {"libboost1.74-dev": "BSL-1.0", "libcli11-dev": "BSD-3-Clause",
               "libexpected-dev": "CC0-1.0", "rapidjson-dev": "MIT"}
# These licences ask for no notice in programs; Boost's file has 2 MB.
_WITHOUT_NOTICE = ("BSL-1.0", "CC0-1.0")

_LICENSE = Path(__file__).resolve().parents[3] / "LICENSE"
_BUNDLE = "etc/ssl/certs/ca-certificates.crt"  # where libcurl looks
_ACCOUNTS = {
    "etc/passwd": f"root:x:0:0:root:/:/nonexistent\n"
                  f"nonroot:x:{USER}:{USER}:nonroot:/:/nonexistent\n",
    "etc/group": f"root:x:0:\nnonroot:x:{USER}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
_MERGED = {"lib": "usr/lib", "lib64": "usr/lib64"}
_LIBRARY = re.compile(r"(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$")


def fill_root(binary: Path, root: Path, seconds: int) -> None:
    """Makes `root`; every file in it gets the time `seconds`."""
    root.mkdir(parents=True)
    for name, target in _MERGED.items():
        (root / target).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    (root / "tmp").mkdir()
    for name, text in _ACCOUNTS.items():
        _write(root / name, text)
    _copy(_LICENSE, root / f"usr/share/doc/{PROGRAM}/copyright")
    _run("strip", "--strip-all", "-o", root / PROGRAM, binary)
    brought = _copy_libraries(binary, root)
    brought.update(_copy_certificates(root))
    brought.update(_copy_release(root))
    _record(brought, root)
    _set_modes_and_times(root, seconds)


def _copy_libraries(binary: Path, root: Path) -> dict[str, debian.Package]:
    """Under the names by which the loader asks for them, without links."""
    needed = {Path(path): Path(path).resolve()
              for path in _libraries_of(binary)}
    owners = debian.owners(sorted(set(needed.values())))
    brought = {}
    for asked, file in needed.items():
        debian.check(file, owners[file])
        name = f"usr/lib/{file.parent.name}/{asked.name}"
        _copy(file, root / name)
        brought[name] = owners[file]
        if asked.parts[1] == "lib64":  # the loader, by its absolute path
            (root / "usr/lib64" / asked.name).symlink_to(
                os.path.join("../lib", file.parent.name, asked.name))
    return brought


def _libraries_of(binary: Path) -> list[str]:
    lines = _run("ldd", binary).splitlines()
    if missing := [line.strip() for line in lines if "not found" in line]:
        raise debian.Unusable(f"the loader lacks a library: {missing[0]}")
    return [found[1] for line in lines
            if (found := _LIBRARY.match(line.strip()))]


def _copy_certificates(root: Path) -> dict[str, debian.Package]:
    """Debian's authorities; not those that this machine trusts besides."""
    files = sorted(Path("/usr/share/ca-certificates").rglob("*.crt"))
    owner = debian.package("ca-certificates")
    for file in files:
        debian.check(file, owner)
    _write(root / _BUNDLE, "".join(file.read_text() for file in files))
    return {_BUNDLE: owner}


def _copy_release(root: Path) -> dict[str, debian.Package]:
    """What tells scanners that these are files of Debian 12."""
    file = Path("/usr/lib/os-release")
    owner = debian.package("base-files")
    debian.check(file, owner)
    _copy(file, root / "usr/lib/os-release")
    (root / "etc/os-release").symlink_to("../usr/lib/os-release")
    return {"usr/lib/os-release": owner}


def _record(brought: dict[str, debian.Package], root: Path) -> None:
    """Whose files these are, as dpkg writes it, and under which licences."""
    for package in sorted(set(brought.values()), key=lambda one: one.name):
        copyright_file = _copy_copyright(package, root)
        files = [copyright_file, *(name for name, owner in brought.items()
                                   if owner == package)]
        _write(root / RECORDS / package.name, package.control)
        _write(root / RECORDS / f"{package.name}.md5sums", "".join(
            f"{debian.md5(root / name)}  {name}\n" for name in sorted(files)))
    compiled_in = [debian.package(name) for name in COMPILED_IN]
    for package in compiled_in:
        if COMPILED_IN[package.name] not in _WITHOUT_NOTICE:
            _copy_copyright(package, root)
    _write(root / BUILT_WITH, "\n".join(one.control for one in compiled_in))


def _copy_copyright(package: debian.Package, root: Path) -> str:
    name = f"usr/share/doc/{package.name}/copyright"
    _copy(Path("/", name).resolve(), root / name)
    return name


def _set_modes_and_times(root: Path, seconds: int) -> None:
    programs = {root / PROGRAM}
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            is_program = path in programs or path.name.startswith("ld-linux")
            path.chmod(0o755 if path.is_dir() or is_program else 0o644)
    (root / "tmp").chmod(0o1777)
    for path in sorted([root, *root.rglob("*")], reverse=True):
        os.utime(path, (seconds, seconds), follow_symlinks=False)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _run(*words) -> str:
    done = subprocess.run(words, text=True, capture_output=True, check=False,
                          env=os.environ | {"LC_ALL": "C"})
    if done.returncode != 0:
        raise debian.Unusable(f"{words[0]} failed: {done.stderr.strip()}")
    return done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path, metavar="BINARY")
    parser.add_argument("root", type=Path, metavar="FOLDER",
                        help="must not be there yet")
    options = parser.parse_args()
    try:
        fill_root(options.binary, options.root,
                  int(os.environ.get("SOURCE_DATE_EPOCH") or 0))
    except debian.Unusable as why:
        print(f"collect.py: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
