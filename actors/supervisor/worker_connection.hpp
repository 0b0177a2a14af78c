#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/master_contact.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// Condition WorkersConnected and `.status.connectedWorkers`
// (docs/behaviour/lifecycle.md#connected-workers).

namespace locust {

/// How long a lower worker count must last before it is recorded: at the end of
/// a run the workers disconnect one by one, shortly before the master exits.
inline constexpr auto fewer_limit = std::chrono::seconds(5);

struct worker_connection {
  /// The number of connected workers; nothing when it is not known yet, or is
  /// part of the state.
  std::optional<fact::workers_connected> count;
  /// When to count again although nothing is observed.
  std::optional<timestamp> look_again;
};

/// Counts the workers of a run. `how`: the contact with its master.
worker_connection count_workers(const lifecycle::state& s,
                                const observed_objects& seen,
                                const master_contact& how, timestamp now);

} // namespace locust
