#pragma once

#include "actors/resource_builder/containers.hpp"

#include <string_view>

namespace locust {

/// Label that selects the pods of one role; the selector of the Service.
inline constexpr std::string_view role_label = "performance-test-pod-name";

/// Label that selects the pods of this operator.
inline constexpr std::string_view manager_label = "managed-by";

/// Whether a user label with this key is dropped.
constexpr bool is_managed_label(std::string_view key) {
  return key == role_label || key == manager_label;
}

/// Writes the member `template` of a Job: labels, annotations and pod spec.
void put_pod_template(json::writer& out, const pod_input& pod);

} // namespace locust
