"""Runs clang-tidy on each C++ file that is compiled. Skips a file that was clean
before if neither it nor a file that it includes has changed."""

import functools
import hashlib
import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from ..shared import builds, paths
from . import pypi
from .report import Tally

_FINDING = re.compile(r"^(?=\S+:\d+:\d+: (?:warning|error): )", re.MULTILINE)
_OBJECT = re.compile(r" -o (\S+) ")
_REMOVE_AFTER = 30 * 86400  # seconds without use


def run(build: Path) -> Tally:
    """`build` is the folder of a complete build, because Ninja must know what each
    file includes."""
    program = pypi.clang_tidy()
    clean = paths.cache_root() / "clang-tidy"
    clean.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    todo = {}
    printed = set()
    for file, key in _keys(build).items():
        if (clean / key).exists():
            os.utime(clean / key)
            tally.passed += 1
        else:
            todo[file] = clean / key
    print(f"{len(todo)} files to check, {tally.passed} unchanged", flush=True)
    with ThreadPoolExecutor(builds.jobs()) as pool:
        futures = {pool.submit(_check, program, build, file): file
                   for file in todo}
        try:
            for done in as_completed(futures):
                file, findings = futures[done], done.result()
                for finding in findings:
                    if finding not in printed:  # headers are in many files
                        print(finding, flush=True)
                printed.update(findings)
                if not findings:
                    todo[file].touch()
                tally.check(f"clang-tidy {_named(file)}", not findings)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    _remove_old(clean)
    return tally


def _check(program: Path, build: Path, file: str) -> list[str]:
    """The findings in a file; empty if it is clean."""
    done = subprocess.run(
        # Compiler warnings are reported by the build.
        [program, "-p", build, "--quiet", "--extra-arg=-Wno-error", file],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode == 0 and not done.stdout:
        return []
    findings = _FINDING.split(done.stdout.replace(f"{_tree()}/", ""))
    return (list(filter(None, map(str.strip, findings)))
            or [f"{_named(file)}: {done.stderr.strip()}"])


def _keys(build: Path) -> dict[str, str]:
    """{path: hash of everything that the findings depend on} of each compiled file
    of this project."""
    included = _dependencies(build)
    keys = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file, command = entry["file"], entry["command"]
        if file in keys or not file.startswith(f"{_tree()}/"):
            continue
        digest = hashlib.sha256(repr((
            pypi.CLANG_TIDY, _settings_of(file),
            command.replace(str(paths.tree_folder()), ""))).encode())
        for path in included[_OBJECT.search(command)[1]]:
            digest.update(_hash_of(build / path))
        keys[file] = digest.hexdigest()
    return keys


def _dependencies(build: Path) -> dict[str, list[str]]:
    """{object: files that it was compiled from}, from Ninja."""
    output = subprocess.run(["ninja", "-C", build, "-t", "deps"], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          check=True).stdout
    found = {}
    for block in output.strip().split("\n\n"):
        head, *files = block.splitlines()
        found[head.partition(": ")[0]] = [file.strip() for file in files]
    return found


def _settings_of(file: str) -> str:
    """What the folders above it say, the lowest first."""
    folders = Path(file).relative_to(_tree()).parents
    return "".join(settings.read_text() for folder in folders
                   if (settings := _tree() / folder / ".clang-tidy").exists())


@functools.cache
def _hash_of(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def _tree() -> Path:
    """The path of the sources in builds."""
    return paths.tree_folder() / "source"


def _named(file: str) -> str:
    return file.removeprefix(f"{_tree()}/")


def _remove_old(folder: Path) -> None:
    oldest = time.time() - _REMOVE_AFTER
    for file in folder.iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
