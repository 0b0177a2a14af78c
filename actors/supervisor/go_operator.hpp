#pragma once

#include "actors/supervisor/assess.hpp"
#include "actors/supervisor/observed_objects.hpp"
#include "protocol/lifecycle_event.hpp"

#include <optional>

// A LocustTest that another operator has looked after so far: what its status
// and the objects that are there say of its run.

namespace locust {

/// Returns how a run in progress is to be taken up that has no history of ours
/// in its status: the reference operator's, or one whose history was spoilt.
/// Nothing when nobody has begun on this LocustTest, or when it is over. Call
/// it once Services and Jobs are listed.
///
/// The reference operator notes in the condition `Ready` at which generation it
/// made the children, so an edit since then is known, though not what the spec
/// was before it.
std::optional<fact::taken_over> find_migration(const observed_objects& seen,
                                               const assess_settings& settings);

} // namespace locust
