"""deploy/crd has the fields of the API."""

import re

import pytest

from crd_file import CRD, DEFINITION, FIELDS, SCHEMAS, walk
from crd_status_fields import COUNT, FIGURES, TIME

# The keywords of a structural schema that this CRD uses.
KEYWORDS = {
    "description", "type", "format", "properties", "additionalProperties", "items", "required",
    "default", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems",
    "maxItems", "maxProperties", "anyOf", "x-kubernetes-int-or-string", "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations"}

SECRET_REFS = ["cephfs.secretRef", "cinder.secretRef", "flexVolume.secretRef", "iscsi.secretRef",
               "rbd.secretRef", "scaleIO.secretRef", "storageos.secretRef",
               "csi.nodePublishSecretRef", "configMap", "projected.sources[].configMap",
               "projected.sources[].secret"]

DEFAULTS = {
    "v1": {"spec.workerReplicas": 1},
    "v2": {
        "spec.imagePullPolicy": "IfNotPresent",
        "spec.imagePullSecrets[].name": "",
        "spec.master.autostart": True,
        "spec.master.autoquit.enabled": True,
        "spec.master.autoquit.timeout": 60,
        "spec.testFiles.srcMountPath": "/lotest/src",
        "spec.testFiles.libMountPath": "/opt/locust/lib",
        "spec.env.variables[].valueFrom.configMapKeyRef.name": "",
        "spec.env.variables[].valueFrom.secretKeyRef.name": "",
        "spec.env.variables[].valueFrom.fileKeyRef.optional": False,
        "spec.env.secretMounts[].readOnly": True,
        "spec.volumeMounts[].target": "both",
        "spec.observability.openTelemetry.enabled": False,
        "spec.observability.openTelemetry.protocol": "grpc",
        "spec.observability.openTelemetry.insecure": False,
        "spec.volumes[].azureDisk.fsType": "ext4",
        "spec.volumes[].azureDisk.readOnly": False,
        "spec.volumes[].iscsi.iscsiInterface": "default",
        "spec.volumes[].rbd.keyring": "/etc/ceph/keyring",
        "spec.volumes[].rbd.pool": "rbd",
        "spec.volumes[].rbd.user": "admin",
        "spec.volumes[].scaleIO.fsType": "xfs",
        "spec.volumes[].scaleIO.storageMode": "ThinProvisioned",
        **{f"spec.volumes[].{path}.name": "" for path in SECRET_REFS},
    },
}

QUANTITIES = [
    "spec.master.resources.limits{}", "spec.master.resources.requests{}",
    "spec.worker.resources.limits{}", "spec.worker.resources.requests{}",
    "spec.volumes[].emptyDir.sizeLimit",
    "spec.env.variables[].valueFrom.resourceFieldRef.divisor",
    "spec.volumes[].downwardAPI.items[].resourceFieldRef.divisor",
    "spec.volumes[].projected.sources[].downwardAPI.items[].resourceFieldRef.divisor",
    "spec.volumes[].ephemeral.volumeClaimTemplate.spec.resources.limits{}",
    "spec.volumes[].ephemeral.volumeClaimTemplate.spec.resources.requests{}",
]

VOLUME_SOURCES = [
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "configMap", "csi",
    "downwardAPI", "emptyDir", "ephemeral", "fc", "flexVolume", "flocker", "gcePersistentDisk",
    "gitRepo", "glusterfs", "hostPath", "image", "iscsi", "nfs", "persistentVolumeClaim",
    "photonPersistentDisk", "portworxVolume", "projected", "quobyte", "rbd", "scaleIO",
    "secret", "storageos", "vsphereVolume",
]

PULL_POLICIES = ["Always", "IfNotPresent", "Never"]

# path: (required, schema without description); maps and objects as "map", "object".
V1_FIELDS = {
    "spec.masterCommandSeed": (True, "string"),
    "spec.workerCommandSeed": (True, "string"),
    "spec.workerReplicas": (True, {"type": "integer", "format": "int32", "default": 1,
                                   "minimum": 1, "maximum": 500}),
    "spec.image": (True, "string"),
    "spec.imagePullPolicy": (False, {"type": "string", "enum": PULL_POLICIES}),
    "spec.imagePullSecrets[]": (False, "string"),
    "spec.configMap": (False, "string"),
    "spec.libConfigMap": (False, "string"),
    "spec.labels.master": (False, "map"),
    "spec.labels.worker": (False, "map"),
    "spec.annotations.master": (False, "map"),
    "spec.annotations.worker": (False, "map"),
    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution": (False, "map"),
    "spec.tolerations[].key": (True, "string"),
    "spec.tolerations[].operator": (True, {"type": "string", "enum": ["Exists", "Equal"]}),
    "spec.tolerations[].value": (False, "string"),
    "spec.tolerations[].effect": (True, {"type": "string", "enum": [
        "NoSchedule", "PreferNoSchedule", "NoExecute"]}),
}

V2_FIELDS = {
    "spec.image": (True, "string"),
    "spec.imagePullPolicy": (False, {"type": "string", "default": "IfNotPresent",
                                     "enum": PULL_POLICIES}),
    "spec.imagePullSecrets[].name": (False, {"type": "string", "default": ""}),
    "spec.startupTimeoutSeconds": (False, {**COUNT, "minimum": 1}),
    **{f"spec.{role}.{field}": entry for role in ("master", "worker") for field, entry in {
        "command": (True, "string"), "labels": (False, "map"), "annotations": (False, "map"),
        "extraArgs[]": (False, "string")}.items()},
    "spec.master.autostart": (False, {"type": "boolean", "default": True}),
    "spec.master.autoquit.enabled": (True, {"type": "boolean", "default": True}),
    "spec.master.autoquit.timeout": (False, {**COUNT, "default": 60, "minimum": 0}),
    "spec.worker.replicas": (True, {**COUNT, "minimum": 1, "maximum": 500}),
    "spec.testFiles.configMapRef": (False, "string"),
    "spec.testFiles.libConfigMapRef": (False, "string"),
    "spec.testFiles.srcMountPath": (False, {"type": "string", "default": "/lotest/src"}),
    "spec.testFiles.libMountPath": (False, {"type": "string", "default": "/opt/locust/lib"}),
    "spec.scheduling.nodeSelector": (False, "map"),
    "spec.scheduling.runtimeClassName": (False, {"type": "string", "maxLength": 253, "pattern": (
        r"^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")}),
    **{f"spec.env.{refs}[].{field}": (field == "name", "string")
       for refs in ("configMapRefs", "secretRefs") for field in ("name", "prefix")},
    "spec.env.secretMounts[].name": (True, "string"),
    "spec.env.secretMounts[].mountPath": (True, "string"),
    "spec.env.secretMounts[].readOnly": (False, {"type": "boolean", "default": True}),
    "spec.volumeMounts[].target": (False, {
        "type": "string", "default": "both", "enum": ["master", "worker", "both"]}),
    "spec.observability.openTelemetry.enabled": (True, {"type": "boolean", "default": False}),
    "spec.observability.openTelemetry.endpoint": (False, "string"),
    "spec.observability.openTelemetry.protocol": (False, {
        "type": "string", "default": "grpc", "enum": ["grpc", "http/protobuf"]}),
    "spec.observability.openTelemetry.insecure": (False, {"type": "boolean", "default": False}),
    "spec.observability.openTelemetry.extraEnvVars": (False, "map"),
    "status.phase": (False, {"type": "string", "enum": [
        "Pending", "Running", "Succeeded", "Failed"]}),
    "status.observedGeneration": (False, {"type": "integer", "format": "int64"}),
    "status.expectedWorkers": (False, COUNT), "status.connectedWorkers": (False, COUNT),
    **FIGURES,
    "status.startTime": (False, TIME), "status.completionTime": (False, TIME),
    "status.conditions[].type": (True, {"type": "string", "maxLength": 316, "pattern": (
        r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
        r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")}),
    "status.conditions[].status": (True, {"type": "string", "enum": ["True", "False", "Unknown"]}),
    "status.conditions[].reason": (True, {"type": "string", "minLength": 1, "maxLength": 1024,
                                          "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"}),
    "status.conditions[].message": (True, {"type": "string", "maxLength": 32768}),
    "status.conditions[].lastTransitionTime": (True, TIME),
    "status.conditions[].observedGeneration": (False, {
        "type": "integer", "format": "int64", "minimum": 0}),
    **dict.fromkeys(("status.specHash", "status.runSpec", "status.compressedRunSpec"),
                    (False, "string")),
    "status.history[].sequence": (True, {"type": "integer", "format": "int64", "minimum": 1}),
    "status.history[].time": (True, TIME),
    "status.history[].kind": (True, {"type": "string", "maxLength": 64}),
    "status.history[].detail": (True, {"type": "string", "maxLength": 2048}),
    "status.history[].data": (False, "map"),
}

# Fields of core types, as the core API has them.
CORE_FIELDS = {
    "spec.volumeMounts[].name": (True, "string"),
    "spec.volumeMounts[].mountPath": (True, "string"),
    "spec.volumes[].name": (True, "string"),
    "spec.env.variables[].name": (True, "string"),
    "spec.scheduling.tolerations[].operator": (False, "string"),
    "spec.scheduling.tolerations[].effect": (False, "string"),
    "spec.security.podSecurityContext.seLinuxChangePolicy": (False, "string"),
    "spec.security.podSecurityContext.supplementalGroupsPolicy": (False, "string"),
    "spec.security.podSecurityContext.seccompProfile.type": (True, "string"),
    "spec.volumes[].image.reference": (False, "string"),
    "spec.volumes[].ephemeral.volumeClaimTemplate.spec.volumeName": (False, "string"),
    "spec.volumes[].projected.sources[].clusterTrustBundle.path": (True, "string"),
    "spec.volumes[].projected.sources[].podCertificate.signerName": (True, "string"),
}
# Core types, with everything below them.
EMBEDDED = ("spec.imagePullSecrets[].", "spec.master.resources.", "spec.worker.resources.",
            "spec.scheduling.affinity.", "spec.scheduling.tolerations[].", "spec.env.variables[].",
            "spec.volumes[].", "spec.volumeMounts[].", "spec.security.podSecurityContext.",
            "spec.security.containerSecurityContext.")

# Bounds that the rules need and that the Go operator's CRD does not have; see
# fields.yaml.
ROLES = ("master", "worker")
MAP, NAME, PATH = {"maxProperties": 1000}, {"maxLength": 253}, {"maxLength": 2048}
BOUNDS = {
    "v1": {"metadata.name": NAME, "spec.configMap": NAME, "spec.libConfigMap": NAME,
           **{f"spec.{kind}.{role}": MAP for kind in ("labels", "annotations") for role in ROLES},
           **{f"spec.labels.{role}{{}}": NAME for role in ROLES}},
    "v2": {"metadata.name": NAME,
           **{f"spec.{role}.{kind}": MAP for kind in ("labels", "annotations") for role in ROLES},
           **{f"spec.{role}.labels{{}}": NAME for role in ROLES},
           "spec.scheduling.nodeSelector": MAP,
           "spec.scheduling.nodeSelector{}": NAME,
           "spec.testFiles.configMapRef": NAME,
           "spec.testFiles.libConfigMapRef": NAME,
           "spec.testFiles.srcMountPath": PATH,
           "spec.testFiles.libMountPath": PATH,
           **{path: {"maxItems": 150} for path in (
               "spec.env.secretMounts", "spec.volumes", "spec.volumeMounts")},
           **{f"{path}[].name": NAME for path in (
               "spec.env.secretMounts", "spec.volumes", "spec.volumeMounts",
               "spec.env.configMapRefs", "spec.env.secretRefs")},
           **{f"{path}[].mountPath": PATH for path in (
               "spec.env.secretMounts", "spec.volumeMounts")},
           **{f"spec.env.{items}": {"maxItems": 1000} for items in (
               "configMapRefs", "secretRefs", "variables")},
           **{f"spec.env.{path}": {"maxLength": 1024} for path in (
               "configMapRefs[].prefix", "secretRefs[].prefix", "variables[].name")},
           "spec.observability.openTelemetry.extraEnvVars": MAP},
}

def test_identity():
    assert CRD.stat().st_size < 262144, "too large for client-side apply"
    spec = DEFINITION["spec"]
    assert DEFINITION["metadata"] == {"name": "locusttests.locust.io"}
    assert spec["group"] == "locust.io"
    assert spec["scope"] == "Namespaced"
    assert spec["names"] == {"kind": "LocustTest", "listKind": "LocustTestList",
                             "plural": "locusttests", "singular": "locusttest",
                             "shortNames": ["lotest"]}
    assert set(spec) == {"group", "scope", "names", "versions"}, "no conversion in this file"
    v1, v2 = spec["versions"]
    assert (v1["name"], v1["served"], v1["storage"], v1["deprecated"]) == ("v1", True, False, True)
    assert v1["deprecationWarning"] == (
        "locust.io/v1 LocustTest is deprecated, migrate to locust.io/v2")
    assert (v2["name"], v2["served"], v2["storage"]) == ("v2", True, True)
    assert "deprecated" not in v2
    assert v1["subresources"] == v2["subresources"] == {"status": {}}


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_schema_is_structural(name):
    assert "required" not in SCHEMAS[name], "an object without spec is valid"
    for path, schema, _ in walk(SCHEMAS[name]):
        if (name, path) == ("v1", "status"):
            # The status of v2, which a write of v1 must not lose.
            assert set(schema) == {"description", "type", "x-kubernetes-preserve-unknown-fields"}
            continue
        assert set(schema) <= KEYWORDS, path
        if schema.get("x-kubernetes-int-or-string"):
            assert "type" not in schema, path
            assert schema["anyOf"] == [{"type": "integer"}, {"type": "string"}], path
            continue
        assert schema["type"] in (
            "object", "array", "string", "integer", "number", "boolean"), path
        assert ("items" in schema) == (schema["type"] == "array"), path
        assert not ("properties" in schema and "additionalProperties" in schema), path
        assert set(schema.get("required", ())) <= set(schema.get("properties", ())), path
        if schema["type"] == "object":
            assert set(schema) & {"properties", "additionalProperties"}, f"{path} is opaque"


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_map_lists_have_keys_that_are_always_there(name):
    for path, schema, _ in walk(SCHEMAS[name]):
        keys = schema.get("x-kubernetes-list-map-keys", ())
        assert bool(keys) == (schema.get("x-kubernetes-list-type") == "map"), path
        for key in keys:
            item = schema["items"]
            assert key in item["required"] or "default" in item["properties"][key], path


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_defaults_are_these_and_no_others(name):
    found = {path: schema["default"] for path, (schema, _) in FIELDS[name].items()
             if "default" in schema}
    assert found == DEFAULTS[name]


def expected(entry):
    if entry == "map":
        return {"type": "object", "additionalProperties": {"type": "string"}}
    return {"type": entry} if isinstance(entry, str) else entry


def unbounded(name, path):
    """The schema without description and without the bounds for rules."""
    extra = BOUNDS[name].get(path, {})
    schema = {key: value for key, value in FIELDS[name][path][0].items()
              if key != "description" and key not in extra}
    if path + "{}" in BOUNDS[name]:
        schema["additionalProperties"] = unbounded(name, path + "{}")
    return schema


@pytest.mark.parametrize("name, path, required, schema", [
    (name, path, required, expected(entry))
    for name, table in (("v1", V1_FIELDS), ("v2", V2_FIELDS), ("v2", CORE_FIELDS))
    for path, (required, entry) in table.items()])
def test_field(name, path, required, schema):
    assert (FIELDS[name][path][1], unbounded(name, path)) == (required, schema)


@pytest.mark.parametrize("name, table", [("v1", V1_FIELDS), ("v2", V2_FIELDS)])
def test_there_are_no_other_fields(name, table):
    leaves = {path for path, (schema, _) in FIELDS[name].items()
              if path.startswith(("spec", "status.")) and not path.endswith("{}")
              and "properties" not in schema and schema.get("type") != "array"}
    leaves, known = ({path for path in paths if not path.startswith(EMBEDDED)}
                     for paths in (leaves, table))
    assert leaves == known


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_sizes_are_bounded_by_these_and_no_others(name):
    found = {path: bounds for path, (schema, _) in FIELDS[name].items()
             if not path.startswith("status") and (bounds := {
                 key: schema[key] for key in ("maxLength", "maxItems", "maxProperties")
                 if key in schema})}
    found.pop("spec.scheduling.runtimeClassName", None)
    assert found == BOUNDS[name]


@pytest.mark.parametrize("path, required", [
    ("spec", ["image", "master", "worker"]),
    ("spec.master", ["command"]),
    ("spec.master.autoquit", ["enabled"]),
    ("spec.worker", ["command", "replicas"]),
    ("spec.testFiles", []),
    ("spec.env.configMapRefs[]", ["name"]),
    ("spec.env.secretRefs[]", ["name"]),
    ("spec.env.secretMounts[]", ["mountPath", "name"]),
    ("spec.env.variables[]", ["name"]),
    ("spec.volumes[]", ["name"]),
    ("spec.volumeMounts[]", ["mountPath", "name"]),
    ("spec.observability.openTelemetry", ["enabled"]),
    ("status", []),
    ("status.conditions[]", ["lastTransitionTime", "message", "reason", "status", "type"]),
    ("status.history[]", ["detail", "kind", "sequence", "time"]),
])
def test_required_lists(path, required):
    assert FIELDS["v2"][path][0].get("required", []) == required


def test_our_own_fields_are_described():
    for name, fields in FIELDS.items():
        for path, (schema, _) in fields.items():
            if path and path != "metadata" and not path.endswith(("[]", "{}")):
                assert schema.get("description", "").endswith("."), f"{name} {path}"


def test_enums_stand_only_on_our_own_fields():
    found = {path for path, (schema, _) in FIELDS["v2"].items() if "enum" in schema}
    assert found == {"spec.imagePullPolicy", "spec.volumeMounts[].target", "status.phase",
                     "spec.observability.openTelemetry.protocol", "status.conditions[].status"}


@pytest.mark.parametrize("path", QUANTITIES)
def test_quantities(path):
    schema = FIELDS["v2"][path][0]
    assert (schema["x-kubernetes-int-or-string"], schema["minimum"]) == (True, 0)
    for good in ("1", "250m", "0.5", "128Mi", "1e3", "+2", ".5G", "1E-2", "2e+018"):
        assert re.search(schema["pattern"], good), good
    for bad in ("", "abc", "1 Gi", "1gb", "--1", "-1", "-1Gi", "1e1.5", "1e400", "1e"):
        assert not re.search(schema["pattern"], bad), bad


def test_list_and_map_types():
    fields = FIELDS["v2"]
    claims = fields["spec.master.resources.claims"][0]
    assert claims["x-kubernetes-list-map-keys"] == ["name"]
    assert set(claims["items"]["properties"]) == {"name", "request"}
    assert fields["status.conditions"][0]["x-kubernetes-list-map-keys"] == ["type"]
    history = fields["status.history"][0]
    assert (history["x-kubernetes-list-type"], history["maxItems"]) == ("atomic", 64)
    for path in ("spec.imagePullSecrets[]", *(f"spec.env.variables[].valueFrom.{ref}" for ref in (
            "configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef"))):
        assert fields[path][0]["x-kubernetes-map-type"] == "atomic", path
    for path in ("spec.imagePullSecrets", "spec.volumes", "spec.volumeMounts", "spec.env.variables",
                 "spec.scheduling.tolerations", "spec.master.extraArgs"):
        assert "x-kubernetes-list-type" not in fields[path][0], path


def test_volumes_and_mounts_have_all_their_fields():
    sources = FIELDS["v2"]["spec.volumes[]"][0]["properties"]
    assert set(sources) == {"name", *VOLUME_SOURCES}
    projected = FIELDS["v2"]["spec.volumes[].projected.sources[]"][0]["properties"]
    assert set(projected) == {"clusterTrustBundle", "configMap", "downwardAPI", "podCertificate",
                              "secret", "serviceAccountToken"}
    assert set(FIELDS["v2"]["spec.volumeMounts[]"][0]["properties"]) == {
        "name", "mountPath", "subPath", "subPathExpr", "readOnly", "mountPropagation",
        "recursiveReadOnly", "target"}
