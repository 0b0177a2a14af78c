#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace locust::simulation {

/// What it cost one leader to live through many tests at once.
struct crowd_cost {
  size_t tests = 0;
  /// CPU of the cores, in milliseconds; without the simulated cluster.
  double cpu_ms = 0;
  /// Inputs of all cores: reports of watches, answers, timers, samples.
  size_t inputs = 0;
  size_t creations = 0;
  size_t status_writes = 0;
  size_t events = 0;
  /// Of all status documents that were written.
  size_t status_bytes = 0;
  /// Simulated seconds until half of the tests, and all, had their children.
  double half_after = 0;
  double all_after = 0;
  std::vector<std::string> problems;

  double cpu_per_test() const {
    return cpu_ms / static_cast<double>(tests);
  }
};

/// Lives through the lives of `tests` LocustTests that are created within one
/// second, with one leader: a supervisor_core each, and the cores that all
/// share (dispatcher, run_queue, write_plan, client_core). Nothing disturbs
/// them. `seed` decides when each is created, how long it runs and whether it
/// fails.
crowd_cost run_crowd(size_t tests, uint64_t seed);

} // namespace locust::simulation
