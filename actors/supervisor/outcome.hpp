#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/world.hpp"

#include <chrono>
#include <optional>

// When a run is over, and why (lifecycle contract §4, B7, B9, B11, B12).

namespace locust {

/// A failed Job may be reported a moment before the pod that failed it: for so
/// long the exit code is waited for.
inline constexpr auto exit_code_patience = std::chrono::seconds(1);

/// At a normal end the workers leave just before the master does, and may do so
/// with an exit code of their own. For so long after the worker Job failed the
/// master may still have the last word.
inline constexpr auto last_word_patience = std::chrono::seconds(10);

struct outcome {
  std::optional<run_ended> end;
  /// When to look again although nothing happened.
  std::optional<timestamp> look_again;
};

/// Judges by the Jobs and their pods. Trouble with pods is judged by
/// `judge_pods`.
outcome judge_jobs(const lifecycle::state& s, const world& w, timestamp now);

} // namespace locust
