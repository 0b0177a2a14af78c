#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// Condition PodsHealthy (docs/behaviour/pods.md).

namespace locust {

struct pod_health {
  /// The result for all pods: `pods_failing` or `pods_healthy`.
  lifecycle_fact verdict;
  /// When the test fails if the problem persists. Absent: no problem, or one
  /// that may pass (no pod could be created: quota).
  std::optional<timestamp> fails_at;
  /// When a pod that is only waiting now becomes a problem.
  std::optional<timestamp> look_again;
};

/// A Job that ends deletes its pods, and a different watch may report those
/// deletions first. This is how long a deletion does not count as a loss
/// (docs/behaviour/pods.md#loss-of-a-pod).
inline constexpr auto deletion_patience = std::chrono::seconds(3);

/// Judges the pods of the current Jobs of the run. `grace` starts with the
/// creation of the oldest pod. A problem that begins later may last for
/// `last_word_patience`, so that the Jobs can show its meaning. Waiting for a
/// node or for a quota never ends the test.
pod_health judge_pods(const lifecycle::state& s, const observed_objects& seen,
                      std::chrono::seconds grace, timestamp now);

/// The same at the end of the run: a deletion counts at once.
pod_health judge_last_pods(const lifecycle::state& s,
                           const observed_objects& seen,
                           std::chrono::seconds grace, timestamp now);

} // namespace locust
