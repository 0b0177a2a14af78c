#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

namespace locust {

/// What a supervisor knows besides what it sees.
struct assess_settings {
  /// `POD_HEALTH_GRACE_SECONDS`.
  std::chrono::seconds pod_health_grace{120};
  /// `JOB_TTL_SECONDS_AFTER_FINISHED`.
  std::optional<int32_t> job_ttl_seconds;
  /// The master of this run can be asked over its web UI.
  bool has_web_ui = true;
};

struct assessment {
  /// The next thing that the world says and the state does not know.
  std::optional<lifecycle_fact> fact;
  /// When to look again although nothing happened; meaningful without `fact`.
  std::optional<timestamp> look_again;
};

/// Compares what is with what is known. Level-triggered: it looks at the whole,
/// so an observation that repeats, comes late or is re-listed yields nothing.
/// Call it until it yields no fact, with the state that each fact leads to.
assessment assess(const lifecycle::state& s, const observed_objects& seen,
                  const assess_settings& settings, timestamp now);

} // namespace locust
