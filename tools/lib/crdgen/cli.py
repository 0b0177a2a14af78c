"""Generates deploy/crd/locusttests.locust.io.yaml.

  tools/crdgen                        write the CRD from fields.yaml
  tools/crdgen --check                exit with 1 if the committed CRD is stale
  tools/crdgen --kubernetes v1.37.0   use the core types of this release
  tools/crdgen --refresh              read the core types again, from the release
                                      that the test cluster uses
"""

import argparse
import difflib
import re
import sys

import yaml

from ..shared.paths import ROOT
from . import core_types, manifest
from .schema import FieldError

FIELDS = ROOT / "tools/lib/crdgen/fields.yaml"
TARGET = ROOT / "deploy/crd/locusttests.locust.io.yaml"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    parser.add_argument("--refresh", action="store_true", help="read the core types again")
    parser.add_argument("--kubernetes", metavar="VERSION",
                        help="use the core types of this release")
    options = parser.parse_args()
    if options.check and (options.refresh or options.kubernetes):
        parser.error("--check cannot be combined with other options")
    if options.kubernetes and not re.fullmatch(r"v\d+\.\d+\.\d+(-\S+)?", options.kubernetes):
        parser.error(f"--kubernetes must look like v1.36.3, but is '{options.kubernetes}'")
    return options


def check(wanted):
    try:
        present = TARGET.read_text()
    except FileNotFoundError:
        present = ""
    if present == wanted:
        return 0
    lines = list(difflib.unified_diff(present.splitlines(), wanted.splitlines(),
                                      "committed", "generated", lineterm="", n=2))
    added = sum(line.startswith("+") for line in lines[2:])
    removed = sum(line.startswith("-") for line in lines[2:])
    print("\n".join(lines[:60]))
    print(f"crdgen: {TARGET.relative_to(ROOT)} is stale: {added} lines to add, {removed} to "
          "remove; run tools/crdgen", file=sys.stderr)
    return 1


def types(options, roots):
    if not (options.refresh or options.kubernetes):
        return core_types.load()
    release = options.kubernetes or core_types.pinned_version() or core_types.load()["kubernetes"]
    return core_types.extract(release, roots)


def main():
    options = arguments()
    fields = yaml.safe_load(FIELDS.read_text())
    try:
        extract = types(options, manifest.roots(fields))
        wanted = manifest.text(fields, extract)
    except FieldError as error:
        sys.exit(f"crdgen: {error}")
    except KeyError as error:
        sys.exit(f"crdgen: core-types.json lacks {error}; run tools/crdgen --refresh")
    if options.check:
        return check(wanted)
    core_types.EXTRACT.write_text(core_types.extract_text(extract))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(wanted)
    print(f"{TARGET.relative_to(ROOT)}: {len(wanted.encode())} bytes")
    return 0

