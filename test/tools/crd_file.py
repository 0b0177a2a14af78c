"""Access to the committed CRD."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CRD = ROOT / "deploy/crd/locusttests.locust.io.yaml"
DEFINITION = yaml.safe_load(CRD.read_text())
SCHEMAS = {version["name"]: version["schema"]["openAPIV3Schema"]
           for version in DEFINITION["spec"]["versions"]}


def walk(schema, path="", required=False):
    """Every schema with its path; [] is a list item, {} a map value."""
    yield path, schema, required
    for name, child in schema.get("properties", {}).items():
        yield from walk(child, f"{path}.{name}".lstrip("."), name in schema.get("required", ()))
    if "items" in schema:
        yield from walk(schema["items"], path + "[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from walk(schema["additionalProperties"], path + "{}")


FIELDS = {name: {path: (schema, required) for path, schema, required in walk(schema)}
          for name, schema in SCHEMAS.items()}
