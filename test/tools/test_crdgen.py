"""The committed CRD is what tools/crdgen generates."""

import re
import subprocess

import pytest

from crd_file import CRD, ROOT
from lib.crdgen.schema import Core, FieldError


def crdgen(root, *options):
    return subprocess.run([root / "tools/crdgen", *options], capture_output=True, text=True,
                          check=False)


def test_the_committed_file_is_what_the_generator_makes():
    done = crdgen(ROOT, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_file_is_reported_and_updated(crdgen_tree):
    target = crdgen_tree / "deploy/crd" / CRD.name
    target.write_text(CRD.read_text().replace("maximum: 500", "maximum: 50", 1))
    done = crdgen(crdgen_tree, "--check")
    assert done.returncode == 1
    assert "maximum: 500" in done.stdout
    assert "1 lines to add, 1 to remove" in done.stderr
    assert crdgen(crdgen_tree).returncode == 0
    assert target.read_text() == CRD.read_text()


@pytest.mark.parametrize("line, message", [
    ("type: strnig", "unknown type: strnig"),
    ("type: string, maximun: 3", "unknown maximun"),
    ("type: core/Volum", "core-types.json lacks"),
    ("type: core/Volume, bounds: {nam: {maxLength: 1}}", "configMap.nam: bounds of a field"),
    ("type: core/Volume, bounds: {name: {maximum: 1}}", "configMap.name: unknown maximum"),
    ("type: string, values: {maxLength: 1}", "configMap: only a map has values"),
])
def test_a_mistake_in_the_fields_is_named(crdgen_tree, line, message):
    fields = crdgen_tree / "tools/lib/crdgen/fields.yaml"
    text = fields.read_text()
    place = "configMap: {doc: ConfigMap that holds the test files., type: string, maxLength: 253}"
    assert place in text
    fields.write_text(text.replace(place, f"configMap: {{{line}}}"))
    done = crdgen(crdgen_tree)
    assert done.returncode == 1
    assert message in done.stderr


def test_a_release_is_named_in_full(crdgen_tree):
    done = crdgen(crdgen_tree, "--kubernetes", "1.36.3")
    assert done.returncode == 2
    assert "--kubernetes must look like v1.36.3, but is '1.36.3'" in done.stderr


def test_the_types_are_those_of_the_cluster_that_tests_run_on():
    """An update to another release must change both."""
    module = (ROOT / "tools/lib/cluster/modules/kubernetes/go.mod").read_text()
    [pinned] = re.findall(r"^\s*(?:require\s+)?k8s\.io/kubernetes (\S+)", module, re.MULTILINE)
    assert f"Embedded core types: Kubernetes {pinned} " in CRD.read_text()


def test_a_recursive_type_is_refused():
    core = Core({"a": {"type": "object", "properties": {"b": {"$ref": "#/x/a"}}}})
    with pytest.raises(FieldError, match="a contains itself"):
        core.type("a")
