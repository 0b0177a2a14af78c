"""What dpkg knows about this machine."""

import functools
import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

_INFO = Path("/var/lib/dpkg/info")


class Unusable(Exception):
    """Why no image can be made of this machine's packages."""


@dataclass(frozen=True)
class Package:
    name: str
    control: str  # its paragraph in dpkg's status, with a line end

    @functools.cached_property
    def fields(self) -> dict[str, str]:
        return parse_control(self.control)


def parse_control(text: str) -> dict[str, str]:
    """The fields of one paragraph, continuation lines and all."""
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
        raise Unusable(f"the package {name} is not installed; tools/setup "
                       "installs it")
    return Package(name.partition(":")[0], done.stdout.rstrip("\n") + "\n")


def owners(files: list[Path]) -> dict[Path, Package]:
    """The package that each of these files is of."""
    named = {name: file for file in files for name in _names(file)}
    said = subprocess.run(["dpkg-query", "--search", *map(str, named)],
                          text=True, capture_output=True, check=False).stdout
    found = {}
    for line in said.splitlines():
        names, _, path = line.partition(": ")
        if Path(path) in named:
            found[named[Path(path)]] = package(names.split(", ")[0])
    if foreign := sorted(set(files) - set(found)):
        raise Unusable(f"{foreign[0]} is of no Debian package; an image is "
                       "made of Debian's own files only")
    return found


def check(file: Path, owner: Package) -> None:
    """That a file is as its package brought it."""
    expected = _checksums(owner.name, owner.fields["Architecture"])
    if not any(md5(file) == expected[name] for name in _names(file)
               if name in expected):
        raise Unusable(f"{file} is not as the package {owner.name} brought "
                       f"it; `apt-get install --reinstall {owner.name}` "
                       "mends that")


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
    raise Unusable(f"dpkg has no checksums of the package {name}")


def _names(file: Path) -> list[Path]:
    """As packages may call a file: some still have /lib for /usr/lib."""
    names = [file]
    if file.is_relative_to("/usr/lib"):
        names.append(Path("/lib") / file.relative_to("/usr/lib"))
    return names
