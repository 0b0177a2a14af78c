"""A README below actors/ names every file of its folder."""

import re

import pytest

from tracked import FILES, ROOT

READMES = [file for file in FILES
           if file.parts[0] == "actors" and file.name == "README.md"]


def named(text, folder):
    """The files that a README names. A name without suffix is a header and its
    source."""
    for name in re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE):
        yield from ([folder / name] if "." in name else
                    [folder / f"{name}.hpp", folder / f"{name}.cpp"])


@pytest.mark.parametrize("readme", READMES, ids=str)
def test_a_readme_names_every_file_once(readme):
    folder = readme.parent
    files = [file for file in FILES
             if file.parent == folder and file.suffix in (".hpp", ".cpp")]
    assert sorted(named((ROOT / readme).read_text(), folder)) == sorted(files)


def test_there_is_a_readme():
    assert READMES
