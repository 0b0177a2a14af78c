#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Reads a duration as Go programs do: an optional sign, then numbers with a
/// unit each (`ns`, `us`, `ms`, `s`, `m`, `h`; decimals are allowed), or `0`.
/// Examples: `90s`, `1h30m`, `1.5h`, `-1s`. Returns nothing for any other text
/// and for more than 292 years. Fractions of a nanosecond are truncated.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Returns the shortest text in whole units that `parse_duration` reads as `d`:
/// `1m30s`, `2m`, `0`.
std::string duration_in_units(std::chrono::nanoseconds d);

} // namespace locust
