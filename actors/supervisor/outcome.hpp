#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <optional>

// When a run is over, and why (lifecycle contract §4, B7, B9, B11, B12).

namespace locust {

/// The pod that failed a Job is stored before the Job's verdict is, but another
/// watch tells of it, on a busy machine seconds later. For so long its exit
/// code is waited for (B9); a Job that failed by itself, at its deadline, ends
/// the run at once.
inline constexpr auto exit_code_patience = std::chrono::seconds(5);

/// At a normal end the workers leave just before the master does, and may do so
/// with an exit code of their own. For so long after the worker Job failed the
/// master may still have the last word.
inline constexpr auto last_word_patience = std::chrono::seconds(10);

/// A watch that was interrupted is back by then (it tries again after 30 s at
/// most) and has told what happened meanwhile.
inline constexpr auto catch_up_patience = std::chrono::seconds(45);

/// When Locust has ended, the kubelet ends native sidecars within the grace
/// period of the pod, 30 s. A container of others that still runs after this
/// long keeps the pod, and so the Job, from ever ending.
inline constexpr auto others_patience = std::chrono::seconds(45);

struct outcome {
  std::optional<fact::ended> end;
  /// The end is certain, what it is will be known in a moment: nothing else
  /// ends the run, and what is missing is not made again.
  bool pending = false;
  /// When to look again although nothing happened.
  std::optional<timestamp> look_again;
};

/// Whether a suspension of the Job has taken the pod away, or is about to: that
/// is neither a loss nor a failure.
bool is_withdrawn(const job_seen& job, const observed_pod& pod);

/// The pod that tells best why this Job failed: one that was taken away, else
/// one whose Locust container ended badly, else one that somebody deleted, else
/// one in trouble. Null when no pod made it fail.
const observed_pod* cause_of_failure(const observed_objects& seen,
                                     const job_seen& job);

/// Judges by the Jobs and by how Locust ended in their pods. Trouble with pods
/// is judged by `judge_pods`.
outcome judge_jobs(const lifecycle::state& s, const observed_objects& seen,
                   timestamp now);

} // namespace locust
