"""The Kubernetes core types that LocustTest embeds, extracted into one file.

core-types.json is committed, so that checking the CRD needs neither the
Kubernetes module nor a network, and an update to another Kubernetes release
shows in review as changed types, one per line. Only this file records the
release.
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXTRACT = HERE / "core-types.json"
CLUSTER_MODULE = HERE.parent / "cluster/modules/kubernetes/go.mod"
MODULE = "k8s.io/kubernetes"
OPENAPI = "api/openapi-spec/v3/api__v1_openapi.json"
CORE = "io.k8s.api.core.v1."
META = "io.k8s.apimachinery.pkg.apis.meta.v1."

# Types for which schema.py has its own schema; their definitions are left out.
OWN_WORDS = {"io.k8s.apimachinery.pkg.api.resource.Quantity", META + "ObjectMeta"}


def pinned_version():
    """The Kubernetes release of the test cluster, or None."""
    try:
        text = CLUSTER_MODULE.read_text()
    except FileNotFoundError:
        return None
    found = re.search(rf"^\s*(?:require\s+)?{re.escape(MODULE)}\s+(v\S+)", text, re.MULTILINE)
    return found.group(1) if found else None


def load():
    """The committed extract: {"kubernetes": version, "types": {name: schema}}."""
    return json.loads(EXTRACT.read_text())


def module_folder(version):
    """The folder of the Kubernetes module; downloads it if needed."""
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            ["go", "mod", "download", "-json", f"{MODULE}@{version}"],
            cwd=folder, env={**os.environ, "GOFLAGS": "-mod=mod"},
            stdout=subprocess.PIPE, text=True, check=False)
    try:
        module = json.loads(answer.stdout)
    except json.JSONDecodeError:
        raise SystemExit(
            f"crdgen: go mod download failed ({answer.returncode})") from None
    if "Error" in module:
        raise SystemExit(f"crdgen: {module['Error']}")
    return Path(module["Dir"])


def references(node):
    """Names of the definitions that a schema references."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rsplit("/", 1)[-1]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def first_sentence(text):
    """A description short enough for a CRD; keeps the word Deprecated."""
    flat = " ".join(text.split())
    parts = re.split(r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)\.\s+(?=[A-Z\"'`])", flat, maxsplit=1)
    short = parts[0].rstrip(".") + "."
    if len(parts) > 1 and re.search(r"\bdeprecated\b", parts[1], re.IGNORECASE):
        short += " Deprecated."
    return short


def shortened(node):
    """A copy of a schema in which every description is one sentence."""
    if isinstance(node, list):
        return [shortened(value) for value in node]
    if not isinstance(node, dict):
        return node
    return {key: first_sentence(value) if key == "description" and isinstance(value, str)
            else shortened(value) for key, value in node.items()}


def extract(version, roots):
    """Extracts the types that are reachable from the roots."""
    path = module_folder(version) / OPENAPI
    published = json.loads(path.read_text())["components"]["schemas"]
    wanted, types = list(roots), {}
    while wanted:
        name = wanted.pop()
        if name in types or name in OWN_WORDS:
            continue
        if name not in published:
            raise SystemExit(f"crdgen: Kubernetes {version} has no type {name}")
        types[name] = shortened(published[name])
        wanted.extend(references(types[name]))
    return {"kubernetes": version, "types": dict(sorted(types.items()))}


def extract_text(extracted):
    """Formats one definition per line, so that a diff shows the type."""
    lines = [f"{json.dumps(name)}: {json.dumps(schema, sort_keys=True)}"
             for name, schema in extracted["types"].items()]
    note = "Reduced copy of the Kubernetes OpenAPI document (Apache License 2.0)."
    types = ",\n".join(lines)
    return (f'{{"note": {json.dumps(note)},\n'
            f'"kubernetes": {json.dumps(extracted["kubernetes"])},\n'
            f'"types": {{\n{types}\n}}}}\n')
