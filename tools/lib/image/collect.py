"""Creates the root file system of the image: the operator, its shared libraries,
certificates, accounts, and records of their packages.

Only this module decides what the image contains. The Dockerfile runs it as a
program; without an engine, tools/image calls fill_root() on this machine.
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
RECORDS = "var/lib/dpkg/status.d"  # where image scanners look for packages
BUILT_WITH = f"usr/share/doc/{PROGRAM}/built-with"

# Debian packages of which only headers are used, so that their code is part of the
# program, with the licence of that code.
COMPILED_IN = {"libboost1.74-dev": "BSL-1.0", "libcli11-dev": "BSD-3-Clause",
               "libexpected-dev": "CC0-1.0", "rapidjson-dev": "MIT"}
# These licences require no notice in programs. Boost's file has 2 MB.
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
    """Creates `root`; every file gets the modification time `seconds`."""
    root.mkdir(parents=True)
    for name, target in _MERGED.items():
        (root / target).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    (root / "tmp").mkdir()
    for name, text in _ACCOUNTS.items():
        _write(root / name, text)
    _copy(_LICENSE, root / f"usr/share/doc/{PROGRAM}/copyright")
    _run("strip", "--strip-all", "-o", root / PROGRAM, binary)
    owners = _copy_libraries(binary, root)
    owners.update(_copy_certificates(root))
    owners.update(_copy_release(root))
    _record(owners, root)
    _set_modes_and_times(root, seconds)


def _copy_libraries(binary: Path, root: Path) -> dict[str, debian.Package]:
    """Copies them under the names that the loader uses, without links."""
    needed = {Path(path): Path(path).resolve()
              for path in _libraries_of(binary)}
    owners = debian.owners(sorted(set(needed.values())))
    copied = {}
    for requested, file in needed.items():
        debian.check(file, owners[file])
        name = f"usr/lib/{file.parent.name}/{requested.name}"
        _copy(file, root / name)
        copied[name] = owners[file]
        if requested.parts[1] == "lib64":  # the loader has an absolute path
            (root / "usr/lib64" / requested.name).symlink_to(
                os.path.join("../lib", file.parent.name, requested.name))
    return copied


def _libraries_of(binary: Path) -> list[str]:
    lines = _run("ldd", binary).splitlines()
    if missing := [line.strip() for line in lines if "not found" in line]:
        raise debian.Unusable(f"a shared library is missing: {missing[0]}")
    return [found[1] for line in lines
            if (found := _LIBRARY.match(line.strip()))]


def _copy_certificates(root: Path) -> dict[str, debian.Package]:
    """Copies the authorities of Debian, not additional ones of this machine."""
    files = sorted(Path("/usr/share/ca-certificates").rglob("*.crt"))
    owner = debian.package("ca-certificates")
    for file in files:
        debian.check(file, owner)
    _write(root / _BUNDLE, "".join(file.read_text() for file in files))
    return {_BUNDLE: owner}


def _copy_release(root: Path) -> dict[str, debian.Package]:
    """Copies os-release, which tells scanners that the files are from Debian 12."""
    file = Path("/usr/lib/os-release")
    owner = debian.package("base-files")
    debian.check(file, owner)
    _copy(file, root / "usr/lib/os-release")
    (root / "etc/os-release").symlink_to("../usr/lib/os-release")
    return {"usr/lib/os-release": owner}


def _record(owners: dict[str, debian.Package], root: Path) -> None:
    """Records packages in the format of dpkg, and copies their licences."""
    for package in sorted(set(owners.values()), key=lambda one: one.name):
        copyright_file = _copy_copyright(package, root)
        files = [copyright_file, *(name for name, owner in owners.items()
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
                        help="must not exist")
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
