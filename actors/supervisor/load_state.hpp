#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/master_contact.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <optional>

// Whether a master runs, and whether it makes load: phase Running, Event
// TestStarted, and the message of TestCompleted
// (docs/behaviour/lifecycle.md#test-started).

namespace locust {

/// Whether the Locust container of the master runs or has run
/// (docs/behaviour/lifecycle.md#running). Of a run that is first observed when
/// it is finished, a Job that is Complete says so.
bool has_run(const lifecycle::state& s, const observed_objects& seen);

/// Returns the next fact about the load that the state does not contain yet.
/// `master`: the running pod of the master. `how`: the contact with it.
/// `starts_by_itself`: it does not wait for a start in its web UI.
std::optional<lifecycle_fact> judge_load(const lifecycle::state& s,
                                         const observed_objects& seen,
                                         const observed_pod& master,
                                         const master_contact& how,
                                         bool starts_by_itself);

} // namespace locust
