"""The files that git tracks."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CPP = (".cpp", ".hpp")
_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def _tracked():
    output = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    return [file for file in map(Path, output.splitlines())
            if (ROOT / file).is_file()]


FILES = _tracked()
SOURCES = [file for file in FILES if file.suffix in CPP]


def text_of(file):
    """The text of a file; paths are relative to the root of the tree."""
    return (ROOT / file).read_text(errors="replace")


def includes_of(file):
    return _INCLUDE.findall(text_of(file))
