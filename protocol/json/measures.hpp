#pragma once

#include "protocol/json/members.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

// Writing figures as people read them. What is absent is left out.

namespace locust::json {

/// Writes a number; a whole one has no decimal point.
inline void put_plain(writer& out, std::string_view key, double number) {
  put_key(out, key);
  if (number == std::floor(number))
    out.Int64(static_cast<int64_t>(number));
  else
    out.Double(number);
}

/// Writes a count.
inline void put_count(writer& out, std::string_view key,
                      std::optional<int64_t> count) {
  if (count)
    put_number(out, key, *count);
}

/// Writes a rate, a time or a percentage: with one decimal, from 1000 on
/// without.
inline void put_measure(writer& out, std::string_view key,
                        std::optional<double> measure) {
  constexpr double whole_from = 1000;
  if (measure)
    put_plain(out, key,
              *measure < whole_from ? std::round(*measure * 10) / 10
                                    : std::round(*measure));
}

/// Writes the share of failed requests, in steps of hundredths of a percent; 0
/// and 1 only if it is exactly that.
inline void put_fail_ratio(writer& out, std::optional<double> ratio) {
  constexpr double steps = 10'000;
  constexpr double per_percent = 100;
  if (!ratio)
    return;
  auto shown = std::round(*ratio * steps);
  if (*ratio > 0 && *ratio < 1)
    shown = std::clamp(shown, 1.0, steps - 1);
  put_plain(out, "failRatio", shown / steps);
  put_plain(out, "failPercent", shown / per_percent);
}

} // namespace locust::json
