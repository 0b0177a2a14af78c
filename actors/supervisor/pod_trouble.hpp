#pragma once

#include "protocol/kubernetes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What can be wrong with a pod: kinds, the kubelet's reasons for them, and the
// rules that tell one from another.

namespace locust {

/// In the order of their importance: the first kind present names the condition
/// PodsHealthy. docs/behaviour/pods.md#reasons.
enum class trouble_kind : uint8_t {
  configuration_error,
  image_pull_error,
  scheduling_error,
  crash_loop_back_off,
  initialization_error,
  pod_lost,
  pod_creation_failed,
};

struct pod_trouble {
  trouble_kind kind = trouble_kind::configuration_error;
  /// The kubelet's words, cleaned and cut.
  std::string detail;

  bool operator==(const pod_trouble&) const = default;
};

/// Returns `ImagePullError` and so on: reasons of PodsHealthy.
std::string_view to_string(trouble_kind kind);

/// Returns what is wrong with this pod by its own status, or nothing. An exit
/// code of Locust in the master pod is the outcome of the test, not trouble.
/// `test_files` is the ConfigMap that the test mounts.
std::optional<pod_trouble> trouble_of_pod(const pod_seen& pod, bool is_master,
                                          const std::string& test_files);

/// Returns the message of a kubelet that misses a ConfigMap; says so when it is
/// the `expected` one.
std::string with_expected_config_map(const std::string& message,
                                     const std::string& expected);

} // namespace locust
