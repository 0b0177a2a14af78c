"""Creates structural schemas from fields.yaml and the Kubernetes core types."""

from .core_types import CORE, META

# What the CRD keeps of a published type. Everything else (enums that the core API
# checks itself, unions, patch strategies, Go zero values) is dropped.
KEPT = ("format", "pattern", "minimum", "maximum", "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys", "x-kubernetes-map-type")

# Keys that a node of fields.yaml may have besides doc, type, fields, items,
# required, bounds and values.
PASSED = ("default", "enum", "format", "pattern", "minimum", "maximum", "minLength",
          "maxLength", "minItems", "maxItems", "maxProperties", "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
          "x-kubernetes-preserve-unknown-fields")
BOUNDS = {"maxLength", "maxItems", "maxProperties"}

# Stricter than what controller-gen writes, which allows signs and exponents that the API
# server refuses in a pod: no quantity of a pod may be negative, an exponent is an integer,
# and one of three digits is beyond 64 bits. `minimum` is for the integers.
QUANTITY = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "minimum": 0,
    "pattern": (r"^\+?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
                r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?0*[0-9]{1,2}))?$"),
    "x-kubernetes-int-or-string": True,
}

STRING_MAP = {"type": "object", "additionalProperties": {"type": "string"}}

# The only metadata that the core API allows in an embedded template.
TEMPLATE_META = {
    "type": "object",
    "properties": {
        "annotations": {"description": "Annotations of the created object.", **STRING_MAP},
        "labels": {"description": "Labels of the created object.", **STRING_MAP},
    },
}

OWN_WORDS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": QUANTITY,
    META + "ObjectMeta": TEMPLATE_META,
}

SCALARS = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "number": {"type": "number"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "time": {"type": "string", "format": "date-time"},
    "map": STRING_MAP,
}


class FieldError(Exception):
    """An error in fields.yaml."""


def copy(node):
    if isinstance(node, dict):
        return {key: copy(value) for key, value in node.items()}
    return [copy(value) for value in node] if isinstance(node, list) else node


class Core:
    """Expands published core types; skipped_defaults are 'Type.field' names."""

    def __init__(self, types, skipped_defaults=()):
        self.types = types
        self.skipped = set(skipped_defaults)

    def type(self, name, seen=()):
        if name in OWN_WORDS:
            return copy(OWN_WORDS[name])
        if name in seen:
            raise FieldError(f"{name} contains itself")
        published = self.types[name]
        result = self.node(published, (*seen, name))
        required = set(published.get("required", ()))
        for key, schema in published.get("properties", {}).items():
            short = name.rsplit(".", 1)[-1]
            if self.real_default(schema, key in required) and f"{short}.{key}" not in self.skipped:
                result["properties"][key]["default"] = schema["default"]
        return result

    @staticmethod
    def real_default(schema, required):
        """Whether the default was declared, and is not the zero value of a Go field.

        The published document has a default for every non-pointer field: the Go
        zero value for required scalars, a declared value for optional ones. For
        objects it is always the empty struct.
        """
        value = schema.get("default")
        if value is None or isinstance(value, (dict, list)):
            return False
        return bool(value) or not required

    def node(self, published, seen):
        pointed = published.get("$ref")
        if not pointed and len(published.get("allOf", ())) == 1:
            pointed = published["allOf"][0].get("$ref")
        if pointed:
            result = self.type(pointed.rsplit("/", 1)[-1], seen)
        else:
            if "type" not in published:
                raise FieldError(f"{seen[-1]}: a schema without a type: {published}")
            result = {"type": published["type"]}
            if "items" in published:
                result["items"] = self.bare(published["items"], seen)
            if "additionalProperties" in published:
                result["additionalProperties"] = self.bare(published["additionalProperties"], seen)
            if "properties" in published:
                result["properties"] = {key: self.node(value, seen)
                                        for key, value in sorted(published["properties"].items())}
            if "required" in published:
                result["required"] = sorted(published["required"])
        result.update({key: copy(published[key]) for key in KEPT if key in published})
        if "description" in published:
            result = {"description": published["description"],
                      **{key: value for key, value in result.items() if key != "description"}}
        return result

    def bare(self, published, seen):
        """Drops the description, because the list or map already has it."""
        result = self.node(published, seen)
        result.pop("description", None)
        return result


def core_name(kind):
    return CORE + kind.split("/", 1)[1]


def core_roots(node):
    """Full names of the core types that a part of fields.yaml embeds."""
    if isinstance(node, dict):
        kind = node.get("type")
        if isinstance(kind, str) and kind.startswith("core/"):
            yield core_name(kind)
        for value in node.values():
            yield from core_roots(value)
    elif isinstance(node, list):
        for value in node:
            yield from core_roots(value)


def field(node, core, path):
    """One node of fields.yaml as a structural schema."""
    reject_unknown(set(node) - set(PASSED) - {"doc", "type", "fields", "items", "required",
                                              "bounds", "values"}, path)
    kind = node.get("type", "object" if "fields" in node else None)
    result = {"description": node["doc"]} if "doc" in node else {}
    if kind in SCALARS:
        result.update(copy(SCALARS[kind]))
    elif kind == "list":
        result.update({"type": "array", "items": field(node["items"], core, path + "[]")})
    elif kind == "object":
        result["type"] = "object"
    elif isinstance(kind, str) and kind.startswith("core/"):
        embedded = core.type(core_name(kind))
        embedded.pop("description", None)
        result.update(embedded)
    else:
        raise FieldError(f"{path}: unknown type: {kind}")
    if kind != "list" and "items" in node:
        raise FieldError(f"{path}: only a list has items")
    if kind != "map" and "values" in node:
        raise FieldError(f"{path}: only a map has values")
    bound(result.get("properties", {}), node.get("bounds", {}), path)
    bound(result, {"additionalProperties": node["values"]} if "values" in node else {}, path)
    add_fields(result, node.get("fields", {}), core, path)
    result.update({key: copy(node[key]) for key in PASSED if key in node})
    return result


def bound(schemas, bounds, path):
    """Adds bounds to fields of an embedded type, or to the values of a map."""
    for name, limits in bounds.items():
        if name not in schemas:
            raise FieldError(f"{path}.{name}: bounds of a field that does not exist")
        reject_unknown(set(limits) - BOUNDS, f"{path}.{name}")
        schemas[name].update(limits)


def reject_unknown(words, path):
    if words:
        raise FieldError(f"{path}: unknown {', '.join(sorted(words))}")


def add_rules(schema, rules):
    """Adds the validations of {path: rules} to the nodes."""
    for path, validations in rules.items():
        node = schema
        for name in filter(None, path.split(".")):
            node = node["properties"][name]
        node["x-kubernetes-validations"] = validations


def add_fields(result, fields, core, path):
    required = set(result.pop("required", ()))
    for name, child in fields.items():
        if name in result.get("properties", {}):
            raise FieldError(f"{path}.{name} is already a field of the embedded type")
        result.setdefault("properties", {})[name] = field(child, core, f"{path}.{name}")
        if child.get("required"):
            required.add(name)
    if required:
        result["required"] = sorted(required)
