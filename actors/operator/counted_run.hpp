#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "actors/metrics/test_board.hpp"
#include "protocol/finished_run.hpp"
#include "protocol/kubernetes.hpp"

#include <cstddef>
#include <memory>

namespace locust {

/// A finished run, which the series of its phase go on counting.
struct counted_run : finished_run {
  counted_run(const finished_run& run, const object_key& of,
              const supervisor_metrics& metrics)
      : finished_run(run), shown(metrics.tests[static_cast<size_t>(phase())]),
        seat(metrics.board, of, {}) {
    seat.show({phase(), ended_at});
  }

  test_phase phase() const {
    return succeeded ? test_phase::succeeded : test_phase::failed;
  }

  presence shown;
  test_seat seat;
};

/// Returns the same run, counted; null for null.
inline std::shared_ptr<const finished_run>
counted(const std::shared_ptr<const finished_run>& run, const object_key& of,
        const supervisor_metrics& metrics) {
  return run ? std::make_shared<const counted_run>(*run, of, metrics) : nullptr;
}

} // namespace locust
