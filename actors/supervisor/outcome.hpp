#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// When and why a run ends (docs/behaviour/lifecycle.md#end-of-a-run).

namespace locust {

/// The pod that failed a Job is stored before the result of the Job is, but a
/// different watch reports it, on a busy machine seconds later. This is how
/// long the operator waits for its exit code
/// (docs/behaviour/lifecycle.md#failure-message). A Job that exceeds its
/// deadline ends the run at once.
inline constexpr auto exit_code_patience = std::chrono::seconds(5);

/// At a normal end, the workers exit shortly before the master, possibly with a
/// nonzero exit code. This is how long after the failure of the worker Job the
/// result of the master may still decide.
inline constexpr auto last_word_patience = std::chrono::seconds(10);

/// An interrupted watch is re-established after at most 30 s and has then
/// reported what happened in the meantime.
inline constexpr auto catch_up_patience = std::chrono::seconds(45);

/// When Locust has ended, the kubelet ends native sidecars within the grace
/// period of the pod, 30 s. A container of others that still runs after this
/// long keeps the pod, and so the Job, from ever ending.
inline constexpr auto others_patience = std::chrono::seconds(45);

struct outcome {
  std::optional<fact::ended> end;
  /// The run has ended, but its result is not observed yet: nothing else ends
  /// the run, and missing children are not recreated.
  bool pending = false;
  /// When to judge again although nothing is observed.
  std::optional<timestamp> look_again;
};

/// Whether a suspension of the Job has removed the pod or is about to: that is
/// neither a loss nor a failure.
bool is_withdrawn(const job_seen& job, const observed_pod& pod);

/// Returns the pod that best explains why this Job failed: a lost one, else one
/// whose Locust container failed, else a deleted one, else one with a problem.
/// Null when no pod failed it.
const observed_pod* cause_of_failure(const observed_objects& seen,
                                     const job_seen& job);

/// Judges by the Jobs and by how Locust ended in their pods. `judge_pods`
/// judges problems of pods.
outcome judge_jobs(const lifecycle::state& s, const observed_objects& seen,
                   timestamp now);

} // namespace locust
