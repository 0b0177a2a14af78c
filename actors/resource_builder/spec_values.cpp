#include "actors/resource_builder/spec_values.hpp"

#include <algorithm>

namespace locust {

namespace {

/// Returns `value` unless it is null or empty: the API server would drop it.
const json::value* unless_empty(const json::value* value) {
  if (value == nullptr)
    return nullptr;
  auto empty = value->IsObject() ? value->ObjectEmpty() : value->Empty();
  return empty ? nullptr : value;
}

std::string_view or_default(std::string_view text, std::string_view fallback) {
  return text.empty() ? fallback : text;
}

words read_words(const spec_cursor& list) {
  words result;
  for (const auto& item : list.items())
    result.emplace_back(item.text());
  return result;
}

role_spec read_role(const spec_cursor& at) {
  role_spec r;
  if (at.object() == nullptr) {
    if (!at.present())
      at.add_fault("is missing");
    return r;
  }
  auto command = at["command"];
  r.command = command.required_text();
  if (auto seed = split_words(r.command))
    r.seed = std::move(*seed);
  else
    command.add_fault("cannot be split: " + seed.error().message);
  r.extra_args = read_words(at["extraArgs"]);
  r.labels = at["labels"].texts();
  r.annotations = at["annotations"].texts();
  auto resources = at["resources"];
  if (unless_empty(resources["requests"].object()) != nullptr ||
      unless_empty(resources["limits"].object()) != nullptr)
    r.resources = resources.object();
  return r;
}

std::optional<int32_t> read_autoquit(const spec_cursor& at) {
  if (!at["enabled"].boolean(true))
    return std::nullopt;
  auto timeout = at["timeout"].integer().value_or(default_autoquit);
  return timeout < 0 ? default_autoquit : timeout;
}

int32_t read_replicas(const spec_cursor& worker) {
  auto at = worker["replicas"];
  auto replicas = at.integer();
  if (worker.object() != nullptr && !at.present())
    at.add_fault("is missing");
  else if (replicas && *replicas < 1)
    at.add_fault("must be at least 1, but it is " + std::to_string(*replicas));
  return replicas.value_or(1);
}

test_files_spec read_test_files(const spec_cursor& at) {
  return {.config_map = at["configMapRef"].text(),
          .lib_config_map = at["libConfigMapRef"].text(),
          .source_path = or_default(at["srcMountPath"].text(), "/lotest/src"),
          .lib_path = or_default(at["libMountPath"].text(), "/opt/locust/lib")};
}

scheduling_spec read_scheduling(const spec_cursor& at) {
  scheduling_spec s;
  s.affinity = at["affinity"].object();
  s.tolerations = unless_empty(at["tolerations"].array());
  s.node_selector = unless_empty(at["nodeSelector"].object());
  if (auto name = at["runtimeClassName"]; name.present())
    s.runtime_class = name.text();
  return s;
}

std::vector<env_source> read_env_sources(const spec_cursor& list) {
  std::vector<env_source> result;
  for (const auto& item : list.items())
    result.push_back(
        {.name = item["name"].text(), .prefix = item["prefix"].text()});
  return result;
}

env_spec read_env(const spec_cursor& at) {
  env_spec env;
  env.config_maps = read_env_sources(at["configMapRefs"]);
  env.secrets = read_env_sources(at["secretRefs"]);
  env.variables = at["variables"].array();
  for (const auto& item : at["secretMounts"].items())
    env.secret_mounts.push_back({.name = item["name"].text(),
                                 .path = item["mountPath"].text(),
                                 .read_only = item["readOnly"].boolean(true)});
  return env;
}

std::vector<volume_spec> read_volumes(const spec_cursor& list) {
  std::vector<volume_spec> result;
  for (const auto& item : list.items())
    result.push_back({.name = item["name"].text(), .whole = item.object()});
  return result;
}

std::vector<volume_mount_spec> read_volume_mounts(const spec_cursor& list) {
  std::vector<volume_mount_spec> result;
  for (const auto& item : list.items()) {
    auto target = or_default(item["target"].text(), "both");
    result.push_back({.name = item["name"].text(),
                      .path = item["mountPath"].text(),
                      .on_master = target == "both" || target == "master",
                      .on_worker = target == "both" || target == "worker",
                      .whole = item.object()});
  }
  return result;
}

open_telemetry_spec read_open_telemetry(const spec_cursor& at) {
  open_telemetry_spec otel{.enabled = at["enabled"].boolean(false),
                           .endpoint = at["endpoint"].text(),
                           .protocol =
                               or_default(at["protocol"].text(), "grpc"),
                           .insecure = at["insecure"].boolean(false),
                           .extra_env = at["extraEnvVars"].texts()};
  std::sort(otel.extra_env.begin(), otel.extra_env.end());
  return otel;
}

} // namespace

result<spec_values> read_spec_values(const json::value& spec) {
  spec_faults faults;
  auto t = read_spec_values(spec, faults);
  if (!faults.empty())
    return fail(errc::malformed, std::move(faults.front()));
  return t;
}

spec_values read_spec_values(const json::value& spec, spec_faults& faults) {
  spec_cursor at(&spec, "spec", faults);
  spec_values t;
  if (at.object() == nullptr) {
    if (!at.present())
      at.add_fault("is missing");
    return t;
  }
  t.image = at["image"].required_text();
  t.image_pull_policy =
      or_default(at["imagePullPolicy"].text(), "IfNotPresent");
  t.image_pull_secrets = unless_empty(at["imagePullSecrets"].array());
  t.master = read_role(at["master"]);
  t.worker = read_role(at["worker"]);
  t.test_files = read_test_files(at["testFiles"]);
  t.scheduling = read_scheduling(at["scheduling"]);
  t.env = read_env(at["env"]);
  t.volumes = read_volumes(at["volumes"]);
  t.volume_mounts = read_volume_mounts(at["volumeMounts"]);
  auto security = at["security"];
  t.pod_security = security["podSecurityContext"].object();
  t.container_security = security["containerSecurityContext"].object();
  t.open_telemetry = read_open_telemetry(at["observability"]["openTelemetry"]);
  t.run = {.open_telemetry = t.open_telemetry.enabled,
           .replicas = read_replicas(at["worker"]),
           .autostart = at["master"]["autostart"].boolean(true),
           .autoquit = read_autoquit(at["master"]["autoquit"])};
  return t;
}

} // namespace locust
