#pragma once

#include <chrono>
#include <cstdint>

namespace locust {

/// Delays that grow with each failure in a row.
struct back_off {
  std::chrono::milliseconds first; ///< after the first failure
  std::chrono::milliseconds most;  ///< no delay is longer
  double factor = 2;               ///< of a delay to the one before; at least 1

  /// Returns the delay after the `failures`-th failure in a row, counted from 1
  /// (0 is taken for 1).
  std::chrono::milliseconds delay(unsigned failures) const;
};

/// Returns `base` and, depending on `random`, up to `width` more, so that what
/// failed at one time is not tried again at one time.
std::chrono::milliseconds spread(std::chrono::milliseconds base,
                                 std::chrono::milliseconds width,
                                 uint64_t random);

} // namespace locust
