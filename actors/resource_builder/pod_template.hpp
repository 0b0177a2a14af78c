#pragma once

#include "actors/resource_builder/containers.hpp"
#include "protocol/labels.hpp"

#include <string_view>

namespace locust {

/// Whether a user label with this key is dropped.
constexpr bool is_managed_label(std::string_view key) {
  return key == role_label || key == manager_label;
}

/// Writes the member `template` of a Job: labels, annotations and pod spec.
void put_pod_template(json::writer& out, const pod_input& pod);

} // namespace locust
