#pragma once

#include "actors/supervisor/lifecycle.hpp"

namespace locust::lifecycle {

/// Applies `event` in place; `evolve` is this on a copy. Without `recording`
/// the history of `s` stays as it is.
void apply(state& s, const lifecycle_event& event, bool recording = true);

/// Appends the event to the history of `s` and queues what people are to be
/// told of it. Then keeps the history short without changing what it means:
/// - a worker count replaces the count before it when nothing hangs on that
/// one;
/// - a failed attempt replaces an equal one with only a retry in between;
/// - past `history_limit` the oldest entry goes whose absence does not change
///   the fold.
void record(state& s, const lifecycle_event& event);

} // namespace locust::lifecycle
