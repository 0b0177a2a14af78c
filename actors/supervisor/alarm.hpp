#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace locust {

/// The single timer of a supervisor. Pure: the owner sends itself the
/// generation after the delay.
class alarm {
public:
  /// Returns the delay of a new alarm, or nothing when an earlier one is set:
  /// the reconciliation at that alarm finds the later date again.
  std::optional<std::chrono::microseconds> set(std::optional<timestamp> due,
                                               timestamp now) {
    if (!due || (at_ && *at_ <= *due))
      return std::nullopt;
    at_ = due;
    ++generation_;
    return std::max<std::chrono::microseconds>(*due - now,
                                               std::chrono::milliseconds(1));
  }

  /// The clock of `due` and `now` is ahead by this much from now on.
  void shift(std::chrono::microseconds by) {
    if (at_)
      *at_ += by;
  }

  uint64_t generation() const {
    return generation_;
  }

  bool is_set() const {
    return at_.has_value();
  }

  /// Whether the generation is that of the latest alarm. If so, no alarm is set
  /// afterwards.
  bool rings(uint64_t generation) {
    if (generation != generation_)
      return false;
    at_.reset();
    return true;
  }

private:
  std::optional<timestamp> at_;
  uint64_t generation_ = 0;
};

} // namespace locust
