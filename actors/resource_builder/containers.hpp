#pragma once

#include "actors/resource_builder/spec_values.hpp"
#include "protocol/json.hpp"
#include "protocol/operator_settings.hpp"

#include <string>
#include <string_view>

namespace locust {

/// The input from which a pod is built.
struct pod_input {
  role of = role::master;
  /// Name of the LocustTest.
  std::string_view test_name;
  const spec_values& spec;
  const operator_settings& settings;
};

/// Returns the generated name of the role's Job and Locust container.
std::string role_name(const pod_input& pod);

/// Writes the Locust container of the role as a list item.
void put_locust_container(json::writer& out, const pod_input& pod);

/// Whether the master of such a test has a metrics exporter.
inline bool has_exporter(const spec_values& spec,
                         const operator_settings& settings) {
  return settings.exporter.enabled && !spec.open_telemetry.enabled;
}

/// Writes the metrics exporter as an item of `initContainers`: a native
/// sidecar, which starts first, runs alongside Locust and is stopped by the
/// kubelet when Locust ends.
void put_exporter(json::writer& out, const exporter_settings& exporter);

} // namespace locust
