#pragma once

#include "actors/supervisor/assess.hpp"

#include <chrono>

namespace locust {

/// How long pods of an earlier LocustTest are waited for. A pod has a grace
/// period of 30 s, and the garbage collector finds it before that.
inline constexpr auto earlier_pod_patience = std::chrono::seconds(60);

/// Decides whether pods of an earlier LocustTest with this name keep the
/// creation of the master back (docs/behaviour/lifecycle.md#earlier-pods).
/// Returns a fact when that changes, or when to decide again.
assessment assess_earlier_pods(const lifecycle::state& s,
                               const observed_objects& seen, timestamp now);

} // namespace locust
