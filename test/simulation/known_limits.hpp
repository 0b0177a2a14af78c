#pragma once

#include "actors/supervisor/observed_objects.hpp"
#include "test/simulation/timeline.hpp"

// What a rule does not hold for, or what the lives leave out, and why. Each is
// a limit of the operator that its documentation names, or one of Kubernetes.

namespace locust::simulation::known_limits {

/// A person who deletes the Lease lets a process that has just started, and so
/// never saw it, make a new one while the leader still believes in the old one,
/// until its next renewal. Kubernetes' own components do the same. So for this
/// long after a deletion two replicas may write.
inline constexpr auto deleted_lease = 10s;

/// A clock that was set back while the operator was down makes an attempt at
/// the master Job look younger than it is, so that the operator does not see
/// that the Job may have run and been removed by its TTL.
inline constexpr bool clock_set_back_hides_a_run = true;

/// Without a TTL, no status is stored before the master Job. When the operator
/// ends before one tells of the Job, and the spec is edited until the next one
/// starts or another replica leads, the workers are built from the edited spec,
/// although the master was not
/// (docs/behaviour/lifecycle.md#intent-before-the-master-job).
inline constexpr bool edit_before_the_first_status_is_used = true;

/// The history of a status is lost only while no replica runs. A follower whose
/// watch is late would go on from the history that it saw last, and publish
/// Events a second time.
inline constexpr bool history_outlives_replicas = true;

/// A new leader waits for what is on record but not in sight for
/// `record_patience`. When its watch of Jobs is away for longer, a run with a
/// TTL ends as OutcomeUnknown. So where a run is retold it is not.
inline constexpr duration longest_retold_interruption = record_patience - 2s;

// The lives have no person who clears `holderIdentity` of the Lease: its holder
// learns that at the next renewal, and another replica may take it before. And
// nobody wipes a status while a replica starts, which would believe it.

} // namespace locust::simulation::known_limits
