#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// Condition PodsHealthy (docs/behaviour/pods.md).

namespace locust {

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
/// those first. For so long a deletion is not yet called a loss
/// (docs/behaviour/pods.md#loss-of-a-pod).
inline constexpr auto deletion_patience = std::chrono::seconds(3);

/// Judges the pods of the Jobs that the run has now. `grace` counts from the
/// creation of the oldest of them; trouble that comes later may also last for
/// `last_word_patience`, in which the Jobs may say what it means.
pod_health judge_pods(const lifecycle::state& s, const observed_objects& seen,
                      std::chrono::seconds grace, timestamp now);

} // namespace locust
