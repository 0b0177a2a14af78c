"""Examples in documents can be copied: YAML and shell scripts have no syntax errors,
objects have what `kubectl apply` needs, and LocustTests only fields of the CRD, because
the API server would drop others without a word."""

import re
import subprocess
import textwrap
from pathlib import Path

import pytest
import yaml

from tracked import FILES, text_of

FENCED = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
GROUP = "locust.io/"


def blocks(language):
    """The blocks of all documents, each with its place."""
    for file in FILES:
        if file.suffix != ".md":
            continue
        text = text_of(file)
        for found in FENCED.finditer(text):
            if found[2] == language:
                line = text.count("\n", 0, found.start()) + 1
                yield pytest.param(textwrap.dedent(found[3]), id=f"{file}:{line}")


def schemas():
    crd = yaml.safe_load(text_of(Path("deploy/crd/locusttests.locust.io.yaml")))
    return {GROUP + version["name"]: version["schema"]["openAPIV3Schema"]
            for version in crd["spec"]["versions"]}


SCHEMAS = schemas()


def unknown(value, schema, path=""):
    """The fields of `value` that the schema does not have."""
    if isinstance(value, list):
        for item in value:
            yield from unknown(item, schema.get("items", {}), path)
    elif isinstance(value, dict):
        known = schema.get("properties")
        others = schema.get("additionalProperties", {})
        for key, member in value.items():
            if known is not None and key not in known:
                yield f"{path}.{key}"
            else:
                yield from unknown(member, (known or {}).get(key, others), f"{path}.{key}")


def fields_that_are_dropped(document):
    spec = SCHEMAS[document["apiVersion"]]["properties"]["spec"]
    return list(unknown(document.get("spec", {}), spec, "spec"))


@pytest.mark.parametrize("text", list(blocks("yaml")))
def test_yaml_can_be_applied(text):
    for document in yaml.safe_load_all(text):
        assert isinstance(document, dict)
        if "kind" not in document and "apiVersion" not in document:
            continue  # a configuration of another program
        assert document["kind"] and document["apiVersion"]
        metadata = document["metadata"]
        assert metadata.get("name") or metadata.get("generateName")
        if document["apiVersion"].startswith(GROUP):
            assert not fields_that_are_dropped(document)


@pytest.mark.parametrize("text", list(blocks("sh")))
def test_shell_scripts_have_no_syntax_errors(text):
    checked = subprocess.run(["bash", "-n"], input=text, text=True, check=False,
                             stderr=subprocess.PIPE)
    assert not checked.stderr


def test_examples_are_found():
    assert len(list(blocks("yaml"))) > 3
    assert len(list(blocks("sh"))) > 8


def test_a_field_that_would_be_dropped_is_found():
    document = {"apiVersion": "locust.io/v2", "spec": {
        "image": "a", "worker": {"command": "", "replica": 1},
        "env": {"variables": [{"name": "a", "val": "b"}]},
        "scheduling": {"nodeSelector": {"any": "key"}}}}
    assert fields_that_are_dropped(document) == ["spec.worker.replica", "spec.env.variables.val"]
