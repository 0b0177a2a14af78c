#pragma once

#include "actors/supervisor/assess.hpp"
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
/// result of the master may still decide, when the workers made no load.
inline constexpr auto last_word_patience = std::chrono::seconds(10);

/// The same when the workers made load. The master ends by itself, after an
/// upload perhaps; a master that nothing ends is given up.
inline constexpr auto longest_last_word = std::chrono::minutes(30);

/// A worker of a master that cannot be asked made load when it ran this long:
/// an import that fails does so within a few seconds.
inline constexpr auto shortest_load = std::chrono::seconds(10);

/// The same when its run time is known and was not over: then it probably never
/// got to its load, unless it ran longer than any start takes.
inline constexpr auto longest_start = std::chrono::seconds(60);

/// An interrupted watch is re-established after at most 30 s and has then
/// reported what happened in the meantime.
inline constexpr auto catch_up_patience = std::chrono::seconds(45);

/// A Job has its result within two seconds of the end of its pod. After this
/// long, other containers keep the pod, and the exit code of Locust decides.
inline constexpr auto others_patience = std::chrono::seconds(5);

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
                   const assess_settings& settings, timestamp now);

} // namespace locust
