#pragma once

#include "actors/supervisor/assess.hpp"

// The part of `assess` about the children: which are lost, found, or not ours
// any more, and when their creation is tried again.

namespace locust {

/// Finds a child that was deleted while the run is in progress.
assessment assess_lost_child(const lifecycle::state& s,
                             const observed_objects& seen, timestamp now);

/// Whether a master Job of this LocustTest has a result.
bool has_finished_master(const observed_objects& seen);

/// Finds a child of this LocustTest that the state does not contain: created
/// before a restart, or by a request that got no answer.
maybe_fact assess_own_child(const lifecycle::state& s,
                            const observed_objects& seen);

/// Finds a child of the run that has lost its owner reference, or has got it
/// back (docs/behaviour/lifecycle.md#name-conflict).
maybe_fact assess_ownership(const lifecycle::state& s,
                            const observed_objects& seen);

/// Decides when to try again to create a child.
assessment assess_retry(const lifecycle::state& s, const observed_objects& seen,
                        timestamp now);

} // namespace locust
