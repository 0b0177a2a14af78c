#include "actors/admission/warnings.hpp"

#include "actors/admission/command_warnings.hpp"
#include "actors/resource_builder/pod_template.hpp"
#include "actors/resource_builder/spec_facts.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace locust {

namespace {

void add_label_warnings(const role_spec& role, std::string_view path,
                        findings& found) {
  for (const auto& [key, value] : role.labels)
    if (is_managed_label(key))
      found.warning(std::string(path) + ".labels[\"" + std::string(key) +
                    "\"] is ignored: the operator sets it");
}

/// Warns about fields that are ignored because of settings or other fields.
void add_ignored(const spec_values& spec, const operator_settings& settings,
                 findings& found) {
  const auto& scheduling = spec.scheduling;
  if (scheduling.affinity != nullptr && !scheduling.affinity->ObjectEmpty() &&
      !settings.affinity_injection)
    found.warning("spec.scheduling.affinity is ignored: the operator runs "
                  "without ENABLE_AFFINITY_CR_INJECTION");
  if (scheduling.tolerations != nullptr && !settings.tolerations_injection)
    found.warning("spec.scheduling.tolerations is ignored: the operator runs "
                  "without ENABLE_TAINT_TOLERATIONS_CR_INJECTION");
  const auto& otel = spec.open_telemetry;
  if (!otel.enabled && (!otel.extra_env.empty() || !otel.endpoint.empty()))
    found.warning("spec.observability.openTelemetry is ignored: enabled is not "
                  "true");
  if (!spec.run.autostart && spec.run.autoquit)
    found.warning("spec.master.autoquit is ignored: without autostart Locust "
                  "refuses --autoquit");
}

void add_unmounted(const spec_values& spec, findings& found) {
  std::set<std::string_view> mounted;
  for (const auto& mount : spec.volume_mounts)
    mounted.insert(mount.name);
  for (size_t i = 0; i < spec.volumes.size(); ++i)
    if (!mounted.contains(spec.volumes[i].name))
      found.warning(
          "volume " + in_quotes(spec.volumes[i].name) + " (spec.volumes[" +
          std::to_string(i) +
          "]) is not used: no entry of spec.volumeMounts references it");
}

/// The exporter queries the web UI on its default port.
void add_exporter_warnings(const spec_values& spec, const json::value& whole,
                           const operator_settings& settings, findings& found) {
  if (!has_exporter(spec, settings))
    return;
  auto has = [&](std::string_view flag) {
    const auto& master = spec.master;
    auto in = [&](const words& all) {
      return std::find(all.begin(), all.end(), flag) != all.end();
    };
    return in(master.seed) || in(master.extra_args);
  };
  if (has("--headless") && !has("--headful"))
    return found.warning(
        "with --headless the master has no web UI, from which the exporter "
        "reads the metrics, so there will be no metrics");
  auto ui = web_ui(whole);
  if (ui && *ui != web_ui_address{})
    found.warning(
        "the metrics exporter reads http://localhost:8089, but the arguments "
        "move the web UI of the master, so there will be no metrics");
}

} // namespace

void add_warnings(std::string_view name, const spec_values& spec,
                  const json::value& whole, const operator_settings& settings,
                  findings& found) {
  if (!name.empty() && name.front() >= '0' && name.front() <= '9')
    found.warning("metadata.name begins with a digit: Kubernetes before 1.36 "
                  "rejects a Service with that name");
  add_command_warnings(spec, found);
  add_ignored(spec, settings, found);
  add_exporter_warnings(spec, whole, settings, found);
  add_label_warnings(spec.master, "spec.master", found);
  add_label_warnings(spec.worker, "spec.worker", found);
  add_unmounted(spec, found);
}

} // namespace locust
