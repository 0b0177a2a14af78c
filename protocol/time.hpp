#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// A point of wall-clock time in UTC. Pure cores never read a clock: events and
/// observations carry the time.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// A point of monotonic time, for timeouts. Like wall-clock time it is passed
/// to cores as an argument; actors take it from the clock of their actor
/// system, which tests control.
using monotonic_time = std::chrono::steady_clock::time_point;

/// The clock that also advances while the machine is suspended
/// (CLOCK_BOOTTIME); it has no `now`, because cores must not read it.
struct boot_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;
};

/// A point of time that also passes while the process is frozen or the machine
/// is suspended: for deadlines that must never be exceeded.
using boot_time = boot_clock::time_point;

/// Returns `t` as Kubernetes writes `metav1.Time`: whole seconds, UTC, for
/// example `2026-11-23T18:28:50Z`. Fractions are cut, not rounded.
std::string to_rfc3339(timestamp t);

/// Returns `t` as Kubernetes writes `metav1.MicroTime`:
/// `2026-11-23T18:28:50.000123Z`.
std::string to_rfc3339_micro(timestamp t);

/// Reads an RFC 3339 date-time with optional fraction (digits past the
/// microsecond are cut) and `Z` or a numeric offset. Returns nothing when
/// `text` is anything else.
std::optional<timestamp> parse_rfc3339(std::string_view text);

} // namespace locust
