#pragma once

#include "actors/resource_builder/command_line.hpp"
#include "actors/resource_builder/spec_cursor.hpp"
#include "protocol/error.hpp"
#include "protocol/json.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// The interpreted parts of the spec of a LocustTest, checked and with the
// defaults of docs/behaviour/api.md#defaults. Whole objects of the core API
// stay JSON and are passed on unchanged, so that fields newer than this
// operator are kept. Everything lives as long as the document it was read from.

namespace locust {

/// The two kinds of pods.
enum class role : uint8_t { master, worker };

struct role_spec {
  /// As the user wrote it, also when it cannot be split.
  std::string_view command;
  /// The command, split into words.
  words seed;
  words extra_args;
  text_map labels;
  text_map annotations;
  /// Null unless it has a request or a limit; then it replaces the defaults.
  const json::value* resources = nullptr;
};

struct test_files_spec {
  std::string_view config_map;     ///< empty for none
  std::string_view lib_config_map; ///< empty for none
  std::string_view source_path;
  std::string_view lib_path;
};

struct scheduling_spec {
  const json::value* affinity = nullptr;
  const json::value* tolerations = nullptr;
  const json::value* node_selector = nullptr;
  /// Absent: use the default of the operator; empty: none.
  std::optional<std::string_view> runtime_class;
};

/// A ConfigMap or Secret whose keys become environment variables.
struct env_source {
  std::string_view name;
  std::string_view prefix;
};

struct secret_mount {
  std::string_view name;
  std::string_view path;
  bool read_only = true;
};

struct env_spec {
  std::vector<env_source> config_maps;
  std::vector<env_source> secrets;
  /// An array of core/v1 EnvVar, or null.
  const json::value* variables = nullptr;
  std::vector<secret_mount> secret_mounts;
};

/// An item of `spec.volumes[]`.
struct volume_spec {
  std::string_view name;
  const json::value* whole = nullptr;
};

/// An item of `spec.volumeMounts[]`.
struct volume_mount_spec {
  std::string_view name;
  std::string_view path;
  bool on_master = false;
  bool on_worker = false;
  const json::value* whole = nullptr;
};

struct open_telemetry_spec {
  bool enabled = false;
  std::string_view endpoint;
  std::string_view protocol;
  bool insecure = false;
  /// Sorted by name in byte order.
  text_map extra_env;
};

struct spec_values {
  std::string_view image;
  std::string_view image_pull_policy;
  const json::value* image_pull_secrets = nullptr;
  role_spec master;
  role_spec worker;
  run_options run;
  test_files_spec test_files;
  scheduling_spec scheduling;
  env_spec env;
  std::vector<volume_spec> volumes;
  std::vector<volume_mount_spec> volume_mounts;
  const json::value* pod_security = nullptr;
  const json::value* container_security = nullptr;
  open_telemetry_spec open_telemetry;

  const role_spec& of(role r) const {
    return r == role::master ? master : worker;
  }
};

/// Reads the `.spec` of a LocustTest. On failure names the first missing or
/// wrong member with its JSON path, for example `spec.worker.replicas must be a
/// 32-bit integer, but it is a string`.
result<spec_values> read_spec_values(const json::value& spec);

/// Reads everything that is valid, and adds the rest to `faults`.
spec_values read_spec_values(const json::value& spec, spec_faults& faults);

} // namespace locust
