#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/master_contact.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

namespace locust {

/// Settings that the assessment depends on.
struct assess_settings {
  /// `POD_HEALTH_GRACE_SECONDS`.
  std::chrono::seconds pod_health_grace{120};
  /// `JOB_TTL_SECONDS_AFTER_FINISHED`.
  std::optional<int32_t> job_ttl_seconds{};
  /// How the master can be asked.
  master_reach reach{};
  /// How long the run makes load, if its spec says so (`--run-time`).
  std::optional<std::chrono::seconds> run_time{};
  /// Whether the master begins the load when its workers are connected, and
  /// does not wait for a start in its web UI.
  bool starts_by_itself = true;
  /// Whether the report of a run is collected (`--reports`).
  bool keeps_reports = false;
  /// Since when this process could ask the master of the run.
  timestamp asks_since{};
};

struct assessment {
  /// The next fact that was observed and is not part of the state yet.
  std::optional<lifecycle_fact> fact;
  /// When to assess again although nothing is observed; meaningful without
  /// `fact`.
  std::optional<timestamp> look_again;
};

using maybe_fact = std::optional<lifecycle_fact>;

/// Makes `a` the earlier of the two, where nothing is later than any time.
inline void sooner(std::optional<timestamp>& a, std::optional<timestamp> b) {
  if (b && (!a || *b < *a))
    a = b;
}

/// Compares the observed objects with the state. Level-triggered: it compares
/// everything, so an observation that is repeated, late or relisted yields no
/// fact. Call it with the state that each fact leads to until it yields no
/// fact.
assessment assess(const lifecycle::state& s, const observed_objects& seen,
                  const assess_settings& settings, timestamp now);

} // namespace locust
