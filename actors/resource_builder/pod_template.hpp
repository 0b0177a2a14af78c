#pragma once

#include "actors/resource_builder/containers.hpp"

#include <string_view>

namespace locust {

/// Label that selects the pods of one role, and its Service's selector.
inline constexpr std::string_view role_label = "performance-test-pod-name";

/// Writes the member `template` of a Job: labels, annotations and pod spec.
void put_pod_template(json::writer& out, const pod_input& pod);

} // namespace locust
