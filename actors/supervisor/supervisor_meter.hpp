#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "actors/metrics/test_board.hpp"
#include "actors/supervisor/supervisor_core.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace locust {

/// Counts inputs and effects of the core of one supervisor, and measures their
/// duration. Pure except for the counting.
class supervisor_meter {
public:
  /// Maximum number of pending revisions; a run has some dozen.
  static constexpr size_t most_waiting = 64;

  /// The test exists from now on, in an unknown phase.
  supervisor_meter(const supervisor_metrics& in, const locust_test& test);

  /// Call `begin` before the core handles an input, and `end` afterwards with
  /// the new state.
  void begin(monotonic_time now);
  void end(const lifecycle::state& state, monotonic_time now);

  // -- inputs and effects, between `begin` and `end` --------------------------

  void on(const observation&) const;
  void on(const child_result& answer);
  void on(const status_saved& saved);
  void on(const load_sample& sample) const;
  void on(const effect::save_status& what);
  void on(const effect::log_fact& what) const;
  void on(const effect::reconciled& what);

  template <class Other>
  void on(const Other&) const {
    // nothing to count
  }

private:
  struct waiting {
    uint64_t revision = 0;
    monotonic_time since{};
  };

  supervisor_metrics in_;
  presence alive_;
  presence phase_;
  test_seat seat_;
  test_phase shown_ = test_phase::unknown;
  /// Urgent revisions that are not stored yet.
  std::deque<waiting> waiting_;
  monotonic_time began_{};
  std::optional<effect::reconciled> reconciled_;
  bool failed_ = false;
};

} // namespace locust
