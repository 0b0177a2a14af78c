#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "actors/supervisor/lifecycle.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <deque>

namespace locust {

/// Counts what becomes of one test, and how fast. Pure but for the counting.
class test_meter {
public:
  /// Revisions that are waited for at most; a run has some dozen.
  static constexpr size_t most_waiting = 64;

  /// The test is there from now on, in an unknown phase.
  explicit test_meter(const supervisor_metrics& in);

  /// News from the root has come.
  void heard() const;

  /// A child was refused, or could not be created: how the next look ends.
  void failed(bool for_good);

  void begin_look() const;
  /// `looks_again`: by itself.
  void end_look(std::chrono::nanoseconds took, bool looks_again);

  void is_in(const lifecycle::state& state);
  /// A fact led to this state.
  void took(const lifecycle_fact& fact, const lifecycle::state& state);

  /// This revision of the status is to be stored at once.
  void wants_stored(uint64_t revision, monotonic_time now);
  void is_stored(uint64_t revision, monotonic_time now);

private:
  struct waiting {
    uint64_t revision = 0;
    monotonic_time since{};
  };

  supervisor_metrics in_;
  presence alive_;
  presence phase_;
  test_phase shown_ = test_phase::unknown;
  std::deque<waiting> waiting_;
  bool failed_ = false;
};

} // namespace locust
