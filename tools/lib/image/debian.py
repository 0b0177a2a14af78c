"""Reads the database of dpkg on this machine."""

import functools
import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

_INFO = Path("/var/lib/dpkg/info")


class Unusable(Exception):
    """No image can be built from the packages of this machine; says why."""


@dataclass(frozen=True)
class Package:
    name: str
    control: str  # its paragraph in the status file of dpkg, with a newline

    @functools.cached_property
    def fields(self) -> dict[str, str]:
        return parse_control(self.control)


def parse_control(text: str) -> dict[str, str]:
    """The fields of one paragraph, with continuation lines."""
    fields, name = {}, ""
    for line in text.splitlines():
        if line.startswith((" ", "\t")):
            fields[name] += "\n" + line
        elif ":" in line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
    return fields


@functools.cache
def package(name: str) -> Package:
    done = subprocess.run(["dpkg-query", "--status", name], text=True,
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise Unusable(f"the package {name} is not installed; run "
                       "tools/setup")
    return Package(name.partition(":")[0], done.stdout.rstrip("\n") + "\n")


def owners(files: list[Path]) -> dict[Path, Package]:
    """{file: package that contains it}. Raises Unusable."""
    named = {name: file for file in files for name in _names(file)}
    output = subprocess.run(
        ["dpkg-query", "--search", *map(str, named)],
        text=True, capture_output=True, check=False).stdout
    found = {}
    for line in output.splitlines():
        names, _, path = line.partition(": ")
        if Path(path) in named:
            found[named[Path(path)]] = package(names.split(", ")[0])
    if foreign := sorted(set(files) - set(found)):
        raise Unusable(f"{foreign[0]} is not part of a Debian package; an "
                       "image contains files of Debian only")
    return found


def check(file: Path, owner: Package) -> None:
    """Raises Unusable if a file differs from the one in its package."""
    expected = _checksums(owner.name, owner.fields["Architecture"])
    if not any(md5(file) == expected[name] for name in _names(file)
               if name in expected):
        raise Unusable(f"{file} differs from the file in the package "
                       f"{owner.name}; to restore it, run `apt-get install "
                       f"--reinstall {owner.name}`")


def md5(file: Path) -> str:
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


@functools.cache
def _checksums(name: str, architecture: str) -> dict[Path, str]:
    for stem in (f"{name}:{architecture}", name):
        list_of_sums = _INFO / f"{stem}.md5sums"
        if list_of_sums.exists():
            pairs = (line.split("  ", 1)
                     for line in list_of_sums.read_text().splitlines())
            return {Path("/", path): digest for digest, path in pairs}
    raise Unusable(f"dpkg has no checksums for the package {name}")


def _names(file: Path) -> list[Path]:
    """Possible names in packages: some still use /lib for /usr/lib."""
    names = [file]
    if file.is_relative_to("/usr/lib"):
        names.append(Path("/lib") / file.relative_to("/usr/lib"))
    return names
