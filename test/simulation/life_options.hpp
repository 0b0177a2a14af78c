#pragma once

#include <cstddef>
#include <optional>
#include <set>

namespace locust::simulation {

class coverage;

/// How the lives are lived.
struct life_options {
  /// Print every step.
  bool is_told = false;
  /// How many replicas of the operator there are; nothing: as the seed says.
  std::optional<size_t> replicas;
  /// Numbers of the disturbances that do not happen. All others are drawn as if
  /// they did.
  std::set<size_t> left_out;
  /// Where the disturbances are counted; null: nowhere.
  coverage* counts = nullptr;
};

} // namespace locust::simulation
