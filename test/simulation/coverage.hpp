#pragma once

#include "actors/supervisor/lifecycle.hpp"

#include <array>
#include <cstdint>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace locust::simulation {

/// What a disturbance may meet.
enum class run_state : uint8_t {
  unseen,     ///< no operator has begun with it
  creating,   ///< children are created for the first time
  recreating, ///< a child was lost
  launched,   ///< the master's Locust has not run yet, or is suspended
  running,
  ended,
  departing, ///< the LocustTest is being deleted, or gone
};
inline constexpr size_t run_states = 7;

run_state run_state_of(const lifecycle::state& s);

/// Which disturbances met which states of the run.
class coverage {
public:
  coverage();

  /// `what` is one of the disturbances in coverage.cpp.
  void met(std::string_view what, run_state at);

  /// Begins the next life; returns what this one has met.
  std::set<std::string> take_met() {
    return std::exchange(met_, {});
  }

  void print(std::ostream& out) const;

  /// Which disturbance never met a state in which it is possible.
  std::vector<std::string> gaps() const;

private:
  std::vector<std::array<uint64_t, run_states>> counts_;
  std::set<std::string> met_;
};

} // namespace locust::simulation
