#pragma once

#include <utility>

namespace locust {

/// Decides when to release unused memory: after a moment without events, or
/// after many moments with some. Pure: the caller has a timer that ends after
/// each moment.
class release_plan {
public:
  static constexpr int most_busy_moments = 30;

  /// Something happened. Returns whether to start the timer.
  bool touch() {
    quiet_ = false;
    return !std::exchange(waits_, true);
  }

  /// The timer has ended. Returns whether to release memory now; otherwise
  /// start the timer again.
  bool tick() {
    if (!std::exchange(quiet_, true) && ++busy_moments_ < most_busy_moments)
      return false;
    *this = {};
    return true;
  }

private:
  bool waits_ = false;
  bool quiet_ = true;
  int busy_moments_ = 0;
};

} // namespace locust
