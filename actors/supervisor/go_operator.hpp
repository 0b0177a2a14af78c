#pragma once

#include "actors/supervisor/assess.hpp"
#include "actors/supervisor/observed_objects.hpp"
#include "protocol/lifecycle_event.hpp"

#include <optional>

// Migration: what the status and the existing objects say about a run that the
// Go operator started.

namespace locust {

/// Returns how to continue a run in progress whose status has no readable
/// history: one of the Go operator, or one whose history was damaged. Returns
/// nothing when no operator has processed the LocustTest, or when the run has
/// ended. Call it after Services and Jobs are listed.
///
/// The condition `Ready` of the Go operator has the generation at which it
/// created the children. So an edit since then is detected, though not what the
/// spec was before.
std::optional<fact::taken_over> find_migration(const observed_objects& seen,
                                               const assess_settings& settings);

} // namespace locust
