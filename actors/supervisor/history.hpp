#pragma once

#include "actors/supervisor/lifecycle.hpp"

namespace locust::lifecycle {

/// Applies `event` in place; `evolve` does the same on a copy. Without
/// `recording`, the history of `s` does not change.
void apply(state& s, const lifecycle_event& event, bool recording = true);

/// Appends the event to the history of `s` and queues its Kubernetes Event, if
/// it has one. Then shortens the history without changing the state that it
/// folds to:
/// - a worker count replaces the previous one if the fold does not need that;
/// - a failed attempt replaces an equal one with only a retry in between;
/// - beyond `history_limit`, the oldest entry that the fold does not need is
///   dropped.
void record(state& s, const lifecycle_event& event);

} // namespace locust::lifecycle
