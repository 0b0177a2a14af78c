#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// A point of wall-clock time in UTC. The pure cores never read a clock: time
/// reaches them inside events and observations.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// A point of monotonic time, for what is due when. Like wall-clock time it
/// reaches the cores as an argument; the shells take it from their actor's
/// clock, so that a test clock governs it.
using monotonic_time = std::chrono::steady_clock::time_point;

/// Names the clock that also goes on while the machine is suspended
/// (CLOCK_BOOTTIME); it has no `now`, for the cores.
struct boot_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;
};

/// A point of time that neither a frozen process nor a suspended machine can
/// miss: for what must not happen any more afterwards.
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
