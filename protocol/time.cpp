#include "protocol/time.hpp"

#include <cstdio>

namespace locust {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::microseconds;
using std::chrono::year_month_day;

std::string format(timestamp t, bool with_fraction) {
  auto day = floor<days>(t);
  year_month_day date{day};
  hh_mm_ss<microseconds> clock{t - day};
  char buffer[48];
  auto size = std::snprintf(
      buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string result(buffer, static_cast<size_t>(size));
  if (with_fraction) {
    std::snprintf(buffer, sizeof buffer, ".%06d",
                  static_cast<int>(clock.subseconds().count()));
    result += buffer;
  }
  result += 'Z';
  return result;
}

/// Consumes exactly `count` digits from the front of `text`.
std::optional<int> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count)
    return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, count)) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected)
    return false;
  text.remove_prefix(1);
  return true;
}

/// Consumes an optional `.digits` and returns it in microseconds.
std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.'))
    return microseconds{0};
  int value = 0;
  size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6)
      value = value * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0)
    return std::nullopt;
  for (auto i = digits; i < 6; ++i)
    value *= 10;
  return microseconds{value};
}

/// Consumes `Z` or `+hh:mm`; returns what is to be subtracted to get UTC.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z'))
    return std::chrono::minutes{0};
  int sign = take(text, '+') ? 1 : (take(text, '-') ? -1 : 0);
  if (sign == 0)
    return std::nullopt;
  auto hours = take_digits(text, 2);
  if (!hours || !take(text, ':'))
    return std::nullopt;
  auto minutes = take_digits(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59)
    return std::nullopt;
  return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
}

} // namespace

std::string to_rfc3339(timestamp t) {
  return format(t, false);
}

std::string to_rfc3339_micro(timestamp t) {
  return format(t, true);
}

std::optional<timestamp> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  auto y = take_digits(text, 4);
  if (!y || !take(text, '-'))
    return std::nullopt;
  auto mo = take_digits(text, 2);
  if (!mo || !take(text, '-'))
    return std::nullopt;
  auto d = take_digits(text, 2);
  if (!d || !(take(text, 'T') || take(text, 't')))
    return std::nullopt;
  auto h = take_digits(text, 2);
  if (!h || !take(text, ':'))
    return std::nullopt;
  auto mi = take_digits(text, 2);
  if (!mi || !take(text, ':'))
    return std::nullopt;
  auto s = take_digits(text, 2);
  if (!s || *h > 23 || *mi > 59 || *s > 60)
    return std::nullopt;
  auto fraction = take_fraction(text);
  if (!fraction)
    return std::nullopt;
  auto offset = take_offset(text);
  year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                      day{static_cast<unsigned>(*d)}};
  if (!offset || !text.empty() || !date.ok())
    return std::nullopt;
  return timestamp{sys_days{date}} + hours{*h} + minutes{*mi} + seconds{*s} +
         *fraction - *offset;
}

} // namespace locust
