#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/finished_run.hpp"

#include <cstddef>
#include <memory>

namespace locust {

/// A finished run, which the gauge of its phase goes on counting.
struct counted_run : finished_run {
  counted_run(const finished_run& run, const supervisor_metrics& metrics)
      : finished_run(run),
        shown(metrics.tests[static_cast<size_t>(
            run.succeeded ? test_phase::succeeded : test_phase::failed)]) {
    // nop
  }

  presence shown;
};

/// Returns the same run, counted; null for null.
inline std::shared_ptr<const finished_run>
counted(const std::shared_ptr<const finished_run>& run,
        const supervisor_metrics& metrics) {
  return run ? std::make_shared<const counted_run>(*run, metrics) : nullptr;
}

} // namespace locust
