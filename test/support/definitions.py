"""CRDs of other projects whose objects the chart can create, from their Go
modules."""

import functools
import json
import os
import subprocess
from pathlib import Path

from .paths import ROOT

PINS = ROOT / "tools/lib/cluster/modules/definitions"
FILES = {
    "github.com/cert-manager/cert-manager": [
        "deploy/crds/cert-manager.io_issuers.yaml",
        "deploy/crds/cert-manager.io_certificates.yaml"],
    "github.com/prometheus-operator/prometheus-operator": [
        "example/prometheus-operator-crd/monitoring.coreos.com_"
        f"{kind}.yaml" for kind in ("servicemonitors", "podmonitors",
                               "prometheusrules")],
}


@functools.cache
def files():
    """Paths of the files with CRDs."""
    return [folder_of(module) / name for module, names in FILES.items()
            for name in names]


def folder_of(module):
    pins = (PINS / "go.mod").read_text().split()
    version = pins[pins.index(module) + 1]
    done = subprocess.run(
        ["go", "mod", "download", "-json", f"{module}@{version}"], cwd=PINS,
        capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "GOFLAGS": "", "GOWORK": "off"})
    if done.returncode != 0:
        raise AssertionError(f"{module}: {done.stdout}{done.stderr}")
    return Path(json.loads(done.stdout)["Dir"])
