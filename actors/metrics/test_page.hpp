#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/load_figures.hpp"

#include <prometheus/metric_family.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

// The series of single tests. Pure.

namespace locust {

/// The numbers of workers, as in the status.
struct worker_counts {
  int32_t expected = 0;
  int32_t connected = 0;
};

/// What is served about one LocustTest.
struct test_view {
  object_key key;
  test_phase phase = test_phase::unknown;
  /// While the run goes on.
  std::optional<worker_counts> workers;
  /// While the Locust master answers.
  std::optional<load_figures> load;
};

/// The tests without series of their own. Nothing stands for a figure that none
/// of them has.
struct other_tests {
  /// Number of tests, by phase.
  std::array<size_t, test_phase_count> phases{};
  std::optional<double> expected;
  std::optional<double> connected;
  std::optional<double> missing;
  std::optional<double> users;
  std::optional<double> requests_per_second;
  std::optional<double> failures_per_second;
};

/// Adds the figures of a test, without its phase.
void add_figures(other_tests& to, const test_view& one);

/// What the series of tests show.
struct test_census {
  /// The tests with series of their own; a key occurs once.
  std::vector<test_view> own;
  other_tests others;
};

/// Returns the series. A family without series is left out.
std::vector<prometheus::MetricFamily> families_of(const test_census& census);

} // namespace locust
