#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace locust::watcher {

/// How long to wait before the next attempt: from 0.8 s, doubled each time up
/// to 30 s, spread at random so that the watchers (and the replicas) of a
/// cluster do not come back all at once. Forgets after two minutes of calm.
/// The numbers are those of client-go's reflector. Pure; equal seeds give equal
/// delays.
class back_off {
public:
  /// A delay is between `base` and twice that.
  static constexpr std::chrono::milliseconds first_base{800};
  /// Half of the longest delay of 30 s.
  static constexpr std::chrono::milliseconds last_base{15'000};
  /// Longer than the longest delay and a request's deadline together, so that
  /// a row of failures cannot pass for calm.
  static constexpr std::chrono::minutes calm{2};

  explicit back_off(uint64_t seed) : random_(seed) {
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
  /// Returns a delay from `base` to twice that.
  std::chrono::milliseconds spread(std::chrono::milliseconds base);

  std::mt19937_64 random_;
  std::chrono::milliseconds base_ = first_base;
  std::optional<monotonic_time> last_;
};

} // namespace locust::watcher
