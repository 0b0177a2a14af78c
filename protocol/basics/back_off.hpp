#pragma once

#include <chrono>
#include <cstdint>

namespace locust {

/// Delays that grow with consecutive failures.
struct back_off {
  std::chrono::milliseconds first; ///< after the first failure
  std::chrono::milliseconds most;  ///< the maximum
  double factor = 2;               ///< from one delay to the next; at least 1

  /// Returns the delay after the `failures`-th consecutive failure, counted
  /// from 1 (0 counts as 1).
  std::chrono::milliseconds delay(unsigned failures) const;
};

/// Returns `base` plus up to `width`, depending on `random`, so that what
/// failed together is not retried together.
std::chrono::milliseconds spread(std::chrono::milliseconds base,
                                 std::chrono::milliseconds width,
                                 uint64_t random);

} // namespace locust
