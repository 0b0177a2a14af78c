"""Where things are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CRD = ROOT / "deploy/crd/locusttests.locust.io.yaml"
WEBHOOKS = ROOT / "deploy/webhook"
CLUSTER = ROOT / "tools/cluster"
REPLAY = ROOT / "tools/replay"
LOCUSTFILES = Path(__file__).resolve().parent / "locustfiles"
SAMPLES = ROOT / "deploy/samples"
