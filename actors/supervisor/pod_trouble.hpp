#pragma once

#include "protocol/kubernetes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Problems of pods: their kinds, the kubelet's reasons for them, and the rules
// that distinguish them.

namespace locust {

/// In the order of priority: the first kind present is the reason of the
/// condition PodsHealthy. docs/behaviour/pods.md#reasons.
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
  /// The text of the kubelet, cleaned and truncated.
  std::string detail;

  bool operator==(const pod_trouble&) const = default;
};

/// Returns the container that Locust runs in: the one with the name of its Job.
/// Null before the kubelet reports it.
const container_seen* locust_container(const pod_seen& pod);

/// Returns the signal that killed a container with this exit code: 128 + 1 to
/// 128 + 64, as a shell and the container runtimes have it. Other codes above
/// 128, such as 200 or 255 (`sys.exit(-1)`), are a program's own.
std::optional<int32_t> signal_of(int32_t exit_code);

/// Returns the reason of PodsHealthy: `ImagePullError` and so on.
std::string_view to_string(trouble_kind kind);

/// Returns the problem of this pod according to its own status, or nothing. An
/// exit code of Locust in the master pod is the result of the test, not a
/// problem. `test_files` is the ConfigMap that the test mounts.
std::optional<pod_trouble> trouble_of_pod(const pod_seen& pod, bool is_master,
                                          const std::string& test_files);

/// Returns the message of a kubelet that does not find a ConfigMap, and states
/// when it is the `expected` one.
std::string with_expected_config_map(const std::string& message,
                                     const std::string& expected);

} // namespace locust
