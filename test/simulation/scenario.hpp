#pragma once

#include "test/simulation/life_options.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace locust::simulation {

/// What one seed led to.
struct verdict {
  uint64_t seed = 0;
  std::vector<std::string> problems;
  /// Figures, for the sum over all seeds.
  size_t events = 0;
  int status_writes = 0;
  bool undisturbed = false;
  /// How many disturbances were drawn, with those that were left out.
  size_t disturbances = 0;
  std::string outcome;
};

/// Lives through the life of one LocustTest that this seed stands for, with
/// whatever people and faults do to it.
verdict run_scenario(uint64_t seed, const life_options& options);

/// Lives through one life several times. The test itself, and what becomes of
/// its pods and of its Service and Jobs, goes the same way each time; how and
/// when which operator hears of it does not, nor how often it is started again.
/// It must come to the same end with the same children.
verdict run_retold(uint64_t seed, const life_options& options);

} // namespace locust::simulation
