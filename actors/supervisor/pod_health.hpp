#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// Condition PodsHealthy (lifecycle contract §8, B7, B8).

namespace locust {

/// Returns the container that Locust runs in: the one that is named like its
/// Job (resource contract). Null before the kubelet reports it.
const container_seen* locust_container(const pod_seen& pod);

/// What is wrong with this pod by its own status, or nothing. An exit code of
/// Locust in the master pod is the outcome of the test, not trouble.
std::optional<pod_trouble> trouble_of_pod(const pod_seen& pod, bool is_master,
                                          const std::string& test_files);

/// Returns `ImagePullError` and so on.
std::string_view to_string(trouble_kind kind);

struct pod_health {
  /// What the pods add up to: `pods_failing` or `pods_well`.
  lifecycle_fact verdict;
  /// When trouble that still holds then fails the test. Absent: no trouble, or
  /// such as may pass (no pod could be created: quota).
  std::optional<timestamp> fails_at;
  /// When what is no trouble yet becomes some.
  std::optional<timestamp> look_again;
};

/// A Job that is at its end deletes its pods, and another watch may tell of
/// those first. For so long a deletion is not yet called a loss (B7 asks for
/// within 5 s).
inline constexpr auto deletion_patience = std::chrono::seconds(3);

/// Judges the pods of the Jobs that the run has now. `grace` counts from the
/// creation of the oldest of them; trouble that comes later may also last for
/// `last_word_patience`, in which the Jobs may say what it means.
pod_health judge_pods(const lifecycle::state& s, const observed_objects& seen,
                      std::chrono::seconds grace, timestamp now);

} // namespace locust
