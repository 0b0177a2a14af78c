#include "actors/admission/rules.hpp"

#include "actors/admission/core_rules.hpp"
#include "actors/admission/kubernetes_names.hpp"
#include "actors/admission/mount_rules.hpp"
#include "actors/admission/rule_texts.hpp"
#include "actors/admission/warnings.hpp"
#include "actors/resource_builder/pod_template.hpp"
#include "actors/resource_builder/spec_facts.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "protocol/children.hpp"
#include "protocol/kubernetes/dns_name.hpp"

#include <algorithm>
#include <string>

namespace locust {

namespace {

/// The suffix `-master` (or `-worker`) must fit into the 63 characters, too.
constexpr size_t name_limit = 56;

std::string item(std::string_view list, size_t i) {
  return std::string(list) + '[' + std::to_string(i) + ']';
}

/// etcd refuses requests of more than 1.5 MiB (its --max-request-bytes). The
/// rest is for what the spec is stored with: managedFields, annotations (at
/// most 256 KiB, one of which kubectl fills with the applied spec), and the
/// status, whose history is bounded.
constexpr size_t spec_limit = size_t{1} << 20;

void judge_size(const json::value& spec, findings& found) {
  auto size = json::dump(spec).size();
  if (size > spec_limit)
    found.violation("spec has " + std::to_string(size) + ' ' +
                    std::string(rule_text::large_spec));
}

void judge_name(std::string_view name, findings& found) {
  if (name.size() > name_limit)
    found.violation({"name", name, "metadata.name"}, rule_text::name_too_long);
}

void judge_open_telemetry(const open_telemetry_spec& otel, findings& found) {
  if (otel.enabled && otel.endpoint.empty())
    found.violation(std::string(rule_text::endpoint_required));
}

void judge_image(const json::value& spec, findings& found) {
  auto given = json::string_at(spec, {"image"});
  if (!given) // reported when the spec was read
    return;
  auto image = *given;
  auto is_space = [](char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  };
  if (image.empty() || is_space(image.front()) || is_space(image.back()))
    found.violation({"image", image, "spec.image"}, rule_text::image);
}

void judge_label(std::string_view map, std::string_view key,
                 std::string_view value, findings& found) {
  if (!is_label_key(key))
    found.violation({"label key", key, std::string(map)}, rule_text::label_key);
  if (!is_label_value(value))
    found.violation({"label value", value, key_path(map, key)},
                    rule_text::label_value);
}

/// Whether the Job controller sets this label to another value.
bool is_label_of_job(std::string_view key, std::string_view value,
                     std::string_view job) {
  if (key.starts_with("batch.kubernetes.io/"))
    key.remove_prefix(key.find('/') + 1);
  return key == "controller-uid" || (key == "job-name" && value != job);
}

void judge_metadata(const role_spec& role, std::string_view path,
                    std::string_view job, findings& found) {
  auto labels = std::string(path) + ".labels";
  for (const auto& [key, value] : role.labels) {
    if (is_managed_label(key))
      continue;
    judge_label(labels, key, value, found);
    if (is_label_of_job(key, value, job))
      found.violation({"label key", key, labels}, rule_text::job_label);
  }
  for (const auto& [key, value] : role.annotations)
    if (!is_annotation_key(key))
      found.violation(
          {"annotation key", key, std::string(path) + ".annotations"},
          rule_text::label_key);
}

void judge_node_selector(const json::value* selector, findings& found) {
  if (selector == nullptr)
    return;
  for (const auto& m : selector->GetObject())
    judge_label("spec.scheduling.nodeSelector",
                {m.name.GetString(), m.name.GetStringLength()},
                json::string_at(m.value, {}).value_or(""), found);
}

// -- environment --------------------------------------------------------------

void judge_object_name(std::string_view what, std::string_view name,
                       std::string path, findings& found) {
  if (!is_dns_subdomain(name))
    found.violation({what, name, std::move(path)}, rule_text::object_name);
}

void judge_sources(const std::vector<env_source>& sources,
                   std::string_view what, std::string_view list,
                   findings& found) {
  for (size_t i = 0; i < sources.size(); ++i) {
    const auto& [name, prefix] = sources[i];
    judge_object_name(what, name, item(list, i) + ".name", found);
    if (!prefix.empty() && !is_variable_name(prefix))
      found.violation({"variable prefix", prefix, item(list, i) + ".prefix"},
                      rule_text::variable_name);
  }
}

void judge_variable(std::string_view name, std::string path, findings& found) {
  if (!is_variable_name(name))
    found.violation({"variable name", name, std::move(path)},
                    rule_text::variable_name);
}

void judge_environment(const spec_values& spec, findings& found) {
  judge_sources(spec.env.config_maps, "ConfigMap name",
                "spec.env.configMapRefs", found);
  judge_sources(spec.env.secrets, "Secret name", "spec.env.secretRefs", found);
  if (const auto* variables = spec.env.variables)
    for (rapidjson::SizeType i = 0; i < variables->Size(); ++i)
      judge_variable(json::string_at((*variables)[i], {"name"}).value_or(""),
                     item("spec.env.variables", i) + ".name", found);
  if (spec.open_telemetry.enabled)
    for (const auto& [name, value] : spec.open_telemetry.extra_env)
      judge_variable(name, "spec.observability.openTelemetry.extraEnvVars",
                     found);
}

void judge_test_files(const test_files_spec& files, findings& found) {
  if (!files.config_map.empty())
    judge_object_name("ConfigMap name", files.config_map,
                      "spec.testFiles.configMapRef", found);
  if (!files.lib_config_map.empty())
    judge_object_name("ConfigMap name", files.lib_config_map,
                      "spec.testFiles.libConfigMapRef", found);
}

// -- ports --------------------------------------------------------------------

/// The Service has a port for the exporter besides those of Locust, and the
/// exporter shares the network of the master.
void judge_ports(const spec_values& spec, const json::value& whole,
                 const operator_settings& settings, findings& found) {
  if (!has_exporter(spec, settings))
    return;
  auto port = settings.exporter.port;
  if (port < 1 || port > 65535 || port == 5557 || port == 5558)
    return found.violation(std::to_string(port) + ' ' +
                           std::string(rule_text::exporter_port));
  auto ui = web_ui(whole);
  if (ui && ui->port == port)
    found.violation("the port " + std::to_string(port) +
                    " of the master's web UI " +
                    std::string(rule_text::web_port));
}

} // namespace

findings judge_test(std::string_view name, const json::value& spec,
                    const operator_settings& settings) {
  findings found;
  judge_name(name, found);
  judge_size(spec, found);
  spec_faults faults;
  auto read = read_spec_values(spec, faults);
  for (auto& fault : faults)
    found.violation(std::move(fault));
  if (!spec.IsObject())
    return found;
  judge_mounts(read, name, found);
  judge_open_telemetry(read.open_telemetry, found);
  judge_image(spec, found);
  judge_metadata(read.master, "spec.master",
                 child_name(name, child_kind::master_job), found);
  judge_metadata(read.worker, "spec.worker",
                 child_name(name, child_kind::worker_job), found);
  judge_mounts_in_pods(read, found);
  judge_test_files(read.test_files, found);
  judge_environment(read, found);
  judge_node_selector(read.scheduling.node_selector, found);
  judge_core_parts(read, settings, found);
  judge_ports(read, spec, settings, found);
  add_warnings(name, read, spec, settings, found);
  return found;
}

} // namespace locust
