#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <functional>

namespace locust {

/// What time it is for one LocustTest. Begins as the wall clock and goes on
/// like a clock that never steps: an adjustment of the wall clock in mid-run
/// neither ends nor prolongs a grace period. The next LocustTest begins with
/// the time as it was adjusted. Pure.
class run_clock {
public:
  run_clock(timestamp wall, boot_time begin) : wall_(wall), begin_(begin) {
    // nop
  }

  timestamp at(boot_time now) const {
    return wall_ + std::chrono::floor<timestamp::duration>(now - begin_);
  }

private:
  timestamp wall_;
  boot_time begin_;
};

/// Returns a clock of one LocustTest that begins at `wall`, and goes on as
/// `boot_now` says.
inline std::function<timestamp()> run_clock_from(timestamp wall,
                                                 boot_time (*boot_now)()) {
  return [clock = run_clock(wall, boot_now()), boot_now] {
    return clock.at(boot_now());
  };
}

} // namespace locust
