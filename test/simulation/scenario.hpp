#pragma once

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
  std::string outcome;
};

/// Lives through the life of one LocustTest that this seed stands for.
/// `verbose` prints every step.
verdict run_scenario(uint64_t seed, bool verbose);

} // namespace locust::simulation
