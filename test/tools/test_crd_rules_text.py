"""The rules of the CRD have the messages of admission, and use CEL functions that
Kubernetes 1.29 supports."""

import re

import pytest

from crd_file import FIELDS, ROOT, SCHEMAS
from lib.crdgen import validations as v

TEXTS = ROOT / "actors/admission/rule_texts.hpp"
CORE = ROOT / "actors/admission/core_rules.cpp"

RULES = [(version, path, rule) for version, fields in FIELDS.items()
         for path, (schema, _) in fields.items()
         for rule in schema.get("x-kubernetes-validations", ())]
PARAMETERS = pytest.mark.parametrize(
    "version, path, rule", RULES, ids=[f"{version} {path} {index}"
                                       for index, (version, path, _) in enumerate(RULES)])

# Messages of admission for a subject: names in rule_texts.hpp, and the text after
# them.
SUBJECTS = {
    "name": ["name_too_long"],
    "image": ["image"],
    "volume name": ["reserved_prefix", "reserved_volume", "generated_volume", "volume_name",
                    "duplicate_volume"],
    "volumeMount": ["undefined_volume"],
    "Secret": ["secret_mounted_twice", "secret_name"],
    "secretMount path": ["reserved_path+", "empty_path", "duplicate_path another secretMount"],
    "volumeMount path": ["reserved_path+", "empty_path", "duplicate_path another volumeMount",
                         "duplicate_path a secretMount"],
    "testFiles path": ["same_folders"],
    "label key": ["label_key", "job_label"],
    "label value": ["label_value"],
    "annotation key": ["label_key"],
    "variable name": ["variable_name"],
    "variable prefix": ["variable_name"],
    "ConfigMap name": ["object_name"],
    "Secret name": ["object_name"],
}
MORE = {"request must not exceed the limit",
        "variable value must be empty, because valueFrom is set"}
ADMISSION_ONLY = {"exporter_port", "web_port", "several_sources", "large_spec", "huge_quantity",
                  # The schema has a pattern instead.
                  "quantity", "negative_quantity"}

# CEL functions and macros that an API server of 1.29 allows in new rules: those of
# 1.28, so that it can be rolled back.
KNOWN = {"has", "dyn", "size", "of", "none", "orValue", "all", "exists", "exists_one", "map",
         "filter", "matches", "startsWith", "replace", "indexOf", "type", "double", "quantity",
         "asApproximateFloat"}


def texts():
    """{name: text} of the constants in rule_texts.hpp."""
    literal = r'"(?:[^"\\]|\\.)*"'
    found = re.findall(rf"string_view (\w+) =\s*((?:{literal}\s*)+);", TEXTS.read_text())
    return {name: "".join(part[1:-1].replace('\\"', '"')
                          for part in re.findall(literal, value)) for name, value in found}


def test_the_words_are_those_of_admission():
    known = texts()
    used = {"endpoint_required", "reserved_path", "reserved_path_reason"}
    expected = {known["endpoint_required"]}
    for subject, rules in SUBJECTS.items():
        for entry in rules:
            name, _, rest = entry.partition(" ")
            used.add(name.removesuffix("+"))
            words = (f"{known['reserved_path']}, {known['reserved_path_reason']}"
                     if name == "reserved_path+" else f"{known[name]} {rest}".strip())
            expected.add(f"{subject} {words}")
    messages = {version: {rule["message"] for at, _, rule in RULES if at == version}
                for version in SCHEMAS}
    assert messages["v2"] - MORE == expected
    assert messages["v1"] < expected
    assert set(known) - used == ADMISSION_ONLY


def test_more_words_are_those_of_admission():
    """For single rules with values that CEL cannot show."""
    known = CORE.read_text()
    messages = {rule["message"] for _, _, rule in RULES}
    for message in MORE:
        assert message in messages
        assert message.split(" ", 1)[1].removeprefix("value ") in known


def without_strings(cel):
    return re.sub(r"'(?:[^'\\]|\\.)*'", "''", cel)


@PARAMETERS
def test_rules_are_known_to_kubernetes_1_29(version, path, rule):
    for cel in (rule["rule"], rule.get("messageExpression", "")):
        assert set(re.findall(r"(\w+)\(", without_strings(cel))) <= KNOWN


@PARAMETERS
def test_rules_apply_only_to_changes(version, path, rule):
    """The last part of a rule says: the fields that the rest depends on are unchanged."""
    assert rule["optionalOldSelf"] is True
    rest, guard = rule["rule"].rsplit(" || ", 1)
    assert "oldSelf" not in rest
    same = {seen.replace("?", "") for seen in re.findall(r"in \[dyn\(self([\w.?]*)\)\]", guard)}
    seen = {seen.replace("?", "") for seen in re.findall(
        r"\bself((?:\.\??\w+\b(?!\())+)", without_strings(rest))}
    assert seen
    if not same:
        assert guard == "!(dyn(oldSelf) in [dyn(optional.none())])"
        assert seen == {".metadata.name"}
        return
    for field in seen - {".metadata.name"}:
        # has(self.a) comes before self.a.b.
        assert any(field.startswith(one) or one.startswith(f"{field}.") for one in same), field


@PARAMETERS
def test_rules_blame_a_field_and_say_one_line(version, path, rule):
    assert f"{path}{rule['fieldPath']}".lstrip(".") in FIELDS[version]
    assert "\n" not in rule["message"] + rule["rule"] + rule.get("messageExpression", "")
    assert ("messageExpression" in rule) == ("endpoint" not in rule["message"])
    assert rule.get("reason", "FieldValueForbidden") in (
        "FieldValueForbidden", "FieldValueRequired"), "others hide the message"


@pytest.mark.parametrize("made, cel", [
    (v.text("plain"), "'plain'"),
    (v.text('a "${v.b}"'), "'a \"' + v.b + '\"'"),
    (v.text("${a}"), "a"),
    (v.text("it's \\"), r"'it\'s \\'"),
    (v.plain('a "${v.b}" is bad'), "a is bad"),
    (v.present("self.a.b"), "has(self.a) && has(self.a.b)"),
    (v.unchanged("self.a.b", "self.c"),
     "dyn(dyn(oldSelf).?a.?b) in [dyn(self.?a.?b)] && dyn(dyn(oldSelf).?c) in [dyn(self.?c)]"),
])
def test_cel_is_put_together(made, cel):
    assert made == cel
