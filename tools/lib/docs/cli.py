"""The command line of tools/docs."""

import argparse
import sys
from pathlib import Path

from ..shared.paths import tree_folder
from ..shared.progress import Failure
from .site import build


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="tools/docs",
        description="Builds the documents as a site, as mkdocs.yml says, and prints where it is. "
        "Fails when a link or an anchor leads nowhere, or a page is not in the navigation.")
    parser.add_argument("folder", nargs="?", type=Path, default=tree_folder() / "site",
                        help="where to build it; replaced (default: in the cache)")
    folder = parser.parse_args(arguments).folder.resolve()
    try:
        build(folder)
    except Failure as failure:
        print(failure.report("tools/docs"), file=sys.stderr)
        return 1
    print(folder)
    return 0
