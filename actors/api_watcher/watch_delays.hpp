#pragma once

#include "protocol/basics/back_off.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace locust::watcher {

/// Delays before the next list or watch. They are random, so that watchers and
/// replicas do not retry all at once, and are reset after two minutes without a
/// failure. The numbers are those of client-go's reflector, whose maximum is
/// 30 s. Pure; equal seeds give equal delays.
class watch_delays {
public:
  /// A delay is between this value and twice that.
  static constexpr back_off growth{std::chrono::milliseconds(800),
                                   std::chrono::seconds(15)};
  /// Longer than the maximum delay plus the deadline of a request, so that
  /// repeated failures do not count as calm.
  static constexpr std::chrono::minutes calm{2};

  explicit watch_delays(uint64_t seed) : random_(seed) {
    // nop
  }

  /// Returns the delay after a failure at `now`.
  std::chrono::milliseconds next(monotonic_time now);

  /// Returns a random delay between `base` and twice that. For a Retry-After of
  /// the server, which does not count as a failure.
  std::chrono::milliseconds with_jitter(std::chrono::milliseconds base);

  /// Returns a random number of whole seconds in [`low`, `high`].
  std::chrono::seconds between(std::chrono::seconds low,
                               std::chrono::seconds high);

private:
  std::mt19937_64 random_;
  unsigned failures_ = 0;
  std::optional<monotonic_time> last_;
};

} // namespace locust::watcher
