#pragma once

#include <string_view>

// Labels of pods, and of the report of a run.

namespace locust {

/// The name of the LocustTest.
inline constexpr std::string_view test_label = "performance-test-name";

/// Selects the pods of one role; the selector of the Service.
inline constexpr std::string_view role_label = "performance-test-pod-name";

/// Selects the pods of this operator; Jobs and pods are watched by it
/// (docs/behaviour/process.md#watches).
inline constexpr std::string_view manager_label = "managed-by";
inline constexpr std::string_view manager_name = "locust-k8s-operator";

} // namespace locust
