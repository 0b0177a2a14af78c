#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// Condition WorkersConnected and `.status.connectedWorkers`
// (docs/behaviour/lifecycle.md#connected-workers).

namespace locust {

/// For how long a running master may not answer before the worker pods that are
/// ready are counted instead. Locust needs 1 to 15 s to import and to open its
/// web UI; a master in full swing may miss a few of our questions.
inline constexpr auto unreachable_limit = std::chrono::seconds(30);

/// For how long fewer workers must be reported before that is news: at the end
/// of a run they leave one after the other just before the master does.
inline constexpr auto fewer_limit = std::chrono::seconds(5);

struct worker_connection {
  /// How many are connected; nothing when there is nothing to say yet.
  std::optional<fact::workers_connected> count;
  /// When to look again although nothing happened.
  std::optional<timestamp> look_again;
};

/// Counts the workers of a run. `has_web_ui`: the master can be asked in
/// principle.
worker_connection count_workers(const lifecycle::state& s,
                                const observed_objects& seen, bool has_web_ui,
                                timestamp now);

} // namespace locust
