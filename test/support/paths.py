"""Paths that tests use."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CRD = ROOT / "deploy/crd/locusttests.locust.io.yaml"
WEBHOOKS = ROOT / "deploy/webhook"
CHART = ROOT / "deploy/helm/locust-operator"
KUSTOMIZE = ROOT / "deploy/kustomize"
INSTALL = ROOT / "deploy/install.yaml"
CLUSTER = ROOT / "tools/cluster"
REPLAY = ROOT / "tools/replay"
LOCUSTFILES = Path(__file__).resolve().parent / "locustfiles"
SAMPLES = ROOT / "deploy/samples"
