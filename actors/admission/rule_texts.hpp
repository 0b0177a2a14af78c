#pragma once

#include <string_view>

// The texts of the rules (docs/behaviour/admission.md), in one place because
// the CEL validations of the CRD use the same
// (docs/behaviour/admission.md#crd-validation). A violation reads
//
//   <subject> "<value>" (<JSON path>) <rule>
//
// for example
//
//   volume name "secret-a" (spec.volumes[0].name) uses reserved prefix
//   "secret-"
//
// and a CEL message, which the API server prefixes with the path, reads
// `<subject> <rule>`. Users and tests search for parts of these texts.

namespace locust::rule_text {

// -- what is wrong with the object as the Go operator judges it --------

/// docs/behaviour/admission.md#name-length. Subject `name`, at `metadata.name`.
inline constexpr std::string_view name_too_long =
    "is too long: the names of its Jobs would exceed 63 characters; the limit "
    "is 56";

/// docs/behaviour/admission.md#secret-mount-path,
/// docs/behaviour/admission.md#volume-mount-path. Subjects `secretMount path`,
/// at `spec.env.secretMounts[].mountPath`, and `volumeMount path`, at
/// `spec.volumeMounts[].mountPath`. The path in quotes follows, then the
/// reason.
inline constexpr std::string_view reserved_path =
    "conflicts with reserved path";
inline constexpr std::string_view reserved_path_reason =
    "which the operator uses for test files";

/// docs/behaviour/admission.md#volume-names. Subject `volume name`, at
/// `spec.volumes[].name`.
inline constexpr std::string_view reserved_prefix =
    "uses reserved prefix \"secret-\"";
inline constexpr std::string_view reserved_volume =
    "is reserved by the operator";
inline constexpr std::string_view generated_volume =
    "conflicts with operator-generated name";

/// docs/behaviour/admission.md#undefined-volume. Subject `volumeMount`, at
/// `spec.volumeMounts[].name`.
inline constexpr std::string_view undefined_volume =
    "references undefined volume: spec.volumes does not contain it";

/// docs/behaviour/admission.md#telemetry-endpoint. Without a subject: the path
/// is the subject.
inline constexpr std::string_view endpoint_required =
    "spec.observability.openTelemetry.endpoint is required when OpenTelemetry "
    "is enabled";

// -- what the API server or Locust would refuse later -------------------------

/// Subjects `secretMount path` and `volumeMount path`; the other mount follows.
inline constexpr std::string_view duplicate_path =
    "is already used in the same pod by";

/// Subject `Secret`, at `spec.env.secretMounts[].name`.
inline constexpr std::string_view secret_mounted_twice =
    "is mounted twice; use spec.volumes and spec.volumeMounts for a second "
    "path";
inline constexpr std::string_view secret_name =
    "must be 1 to 56 lower case letters, digits or '-', beginning and ending "
    "with a letter or digit, because a volume is named after it; use "
    "spec.volumes and spec.volumeMounts for other names";

/// Subject `volume name`, for mounted volumes.
inline constexpr std::string_view volume_name =
    "must be 1 to 63 lower case letters, digits or '-', beginning and ending "
    "with a letter or digit";
inline constexpr std::string_view duplicate_volume = "is defined twice";

/// Subject `volumeMount path`.
inline constexpr std::string_view empty_path = "must not be empty";

/// Subject `image`, at `spec.image`.
inline constexpr std::string_view image =
    "must be an image name without leading or trailing spaces";

/// Subjects `label key`, `label value` and `annotation key`; node selectors are
/// labels, too.
inline constexpr std::string_view label_key =
    "must be 1 to 63 letters, digits, '-', '_' or '.', beginning and ending "
    "with a letter or digit, after an optional prefix (a DNS name) and '/'";
inline constexpr std::string_view label_value =
    "must be at most 63 letters, digits, '-', '_' or '.', beginning and ending "
    "with a letter or digit";
inline constexpr std::string_view job_label =
    "is set by the Job controller, which rejects any other value";

/// Subject `variable name`, at `spec.env.variables[].name` and in
/// `spec.observability.openTelemetry.extraEnvVars`; subject `variable prefix`.
inline constexpr std::string_view variable_name =
    "must consist of printable ASCII characters other than '='";

/// Subjects `ConfigMap name` and `Secret name`, for references.
inline constexpr std::string_view object_name =
    "must be a DNS-1123 subdomain: lower case letters, digits, '-' and '.', "
    "beginning and ending with a letter or digit";

/// Subject `testFiles path`, at `spec.testFiles.libMountPath`.
inline constexpr std::string_view same_folders =
    "is also the mount path of the other test files";

/// While OpenTelemetry is off. Follows the port number; then `the port <number>
/// of the master's web UI`.
inline constexpr std::string_view exporter_port =
    "cannot be the port of the metrics exporter, so the operator cannot create "
    "the test: change METRICS_EXPORTER_PORT of the operator, or enable "
    "OpenTelemetry, which needs no exporter";
inline constexpr std::string_view web_port =
    "is also the port of the metrics exporter: choose another --web-port, or "
    "change METRICS_EXPORTER_PORT of the operator";

/// Subject `quantity`, in `spec.master.resources`, `spec.worker.resources` and
/// `spec.volumes[]`. The pattern of the CRD refuses the first two, without this
/// text.
inline constexpr std::string_view quantity =
    "must be a Kubernetes quantity, such as 250m, 1.5Gi or 1e3";
inline constexpr std::string_view negative_quantity = "must not be negative";
inline constexpr std::string_view huge_quantity =
    "is more than Kubernetes can count (2^63)";

/// At `spec`. Follows the size of the spec.
inline constexpr std::string_view large_spec =
    "bytes as JSON, but the limit is 1048576 (1 MiB): etcd stores at most 1.5 "
    "MiB of an object with its metadata and its status; move data into "
    "ConfigMaps";

/// Subject `volume`, at `spec.volumes[]`.
inline constexpr std::string_view several_sources = "must have only one source";

} // namespace locust::rule_text
