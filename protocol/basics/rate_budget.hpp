#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace locust {

/// Limits how many actions begin per second. What was not used is available for
/// a second. Pure.
class rate_budget {
public:
  /// 0: no actions at all.
  explicit rate_budget(uint32_t per_second)
      : interval_(per_second > 0 ? std::max(second / per_second, shortest)
                                 : std::chrono::nanoseconds(0)) {
    // nop
  }

  /// Whether there are any actions.
  bool is_open() const {
    return interval_.count() > 0;
  }

  /// When the next action may begin; the past if it may now.
  monotonic_time next() const {
    return next_;
  }

  /// An action begins.
  void spend(monotonic_time now) {
    next_ = std::max(next_, now - second + interval_) + interval_;
  }

private:
  static constexpr std::chrono::nanoseconds second{1'000'000'000};
  /// Of a rate so high that it is no limit.
  static constexpr std::chrono::nanoseconds shortest{1};

  std::chrono::nanoseconds interval_;
  monotonic_time next_{};
};

} // namespace locust
