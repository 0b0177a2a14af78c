#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// Condition WorkersConnected and `.status.connectedWorkers`
// (docs/behaviour/lifecycle.md#connected-workers).

namespace locust {

/// How long a running master may be unreachable before ready worker pods are
/// counted instead. Locust needs 1 to 15 s to import the locustfile and open
/// its web UI; a master under load may miss a few requests.
inline constexpr auto unreachable_limit = std::chrono::seconds(30);

/// How long a lower worker count must last before it is recorded: at the end of
/// a run the workers disconnect one by one, shortly before the master exits.
inline constexpr auto fewer_limit = std::chrono::seconds(5);

struct worker_connection {
  /// The number of connected workers; nothing when it is not known yet.
  std::optional<fact::workers_connected> count;
  /// When to count again although nothing is observed.
  std::optional<timestamp> look_again;
};

/// Counts the workers of a run. `has_web_ui`: whether the web UI of the master
/// can be queried.
worker_connection count_workers(const lifecycle::state& s,
                                const observed_objects& seen, bool has_web_ui,
                                timestamp now);

} // namespace locust
