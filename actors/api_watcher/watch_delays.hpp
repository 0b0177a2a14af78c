#pragma once

#include "protocol/basics/back_off.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace locust::watcher {

/// How long to wait before the next attempt to list or watch: spread at random,
/// so that the watchers (and the replicas) of a cluster do not come back all at
/// once. Forgets its failures after two minutes of calm. The numbers are those
/// of client-go's reflector, whose longest delay is 30 s. Pure; equal seeds
/// give equal delays.
class watch_delays {
public:
  /// A delay is between what this says and twice that.
  static constexpr back_off growth{std::chrono::milliseconds(800),
                                   std::chrono::seconds(15)};
  /// Longer than the longest delay and a request's deadline together, so that
  /// a row of failures cannot pass for calm.
  static constexpr std::chrono::minutes calm{2};

  explicit watch_delays(uint64_t seed) : random_(seed) {
    // nop
  }

  /// Returns the delay after a failure at `now`.
  std::chrono::milliseconds next(monotonic_time now);

  /// Returns the delay when the server said how long to wait: its wish and up
  /// to as much again. That is no failure of ours and makes no later delay
  /// longer.
  std::chrono::milliseconds after_wish(std::chrono::milliseconds wish);

  /// Returns a number of whole seconds in [`low`, `high`], at random.
  std::chrono::seconds between(std::chrono::seconds low,
                               std::chrono::seconds high);

private:
  std::mt19937_64 random_;
  unsigned failures_ = 0;
  std::optional<monotonic_time> last_;
};

} // namespace locust::watcher
