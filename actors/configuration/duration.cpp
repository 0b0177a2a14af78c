#include "actors/configuration/duration.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace locust {

namespace {

using std::chrono::nanoseconds;

struct unit {
  std::string_view name;
  int64_t length; // ns
};

// Longest first, for writing. Reading compares whole unit names, so `m` is not
// a prefix of `ms`.
constexpr std::array units = std::to_array<unit>({
    {"h", 3'600'000'000'000},
    {"m", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
});

// Other spellings that Go accepts: the micro sign and the Greek letter.
constexpr std::array<std::string_view, 2> microseconds = {"\xc2\xb5s",
                                                          "\xce\xbcs"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(char c) {
  return is_digit(c) || c == '.';
}

std::optional<int64_t> length_of(std::string_view name) {
  for (auto micro : microseconds)
    if (name == micro)
      name = "us";
  for (const auto& known : units)
    if (name == known.name)
      return known.length;
  return std::nullopt;
}

/// Removes and returns the leading characters of `text` that are (or are not)
/// part of a number.
std::string_view take(std::string_view& text, bool number) {
  size_t n = 0;
  while (n < text.size() && is_number(text[n]) == number)
    ++n;
  auto taken = text.substr(0, n);
  text.remove_prefix(n);
  return taken;
}

bool add(int64_t& sum, int64_t more) {
  return !__builtin_add_overflow(sum, more, &sum);
}

bool multiply(int64_t& product, int64_t factor) {
  return !__builtin_mul_overflow(product, factor, &product);
}

/// Returns `number` times `length`, or nothing if it is not a number or too
/// long.
std::optional<int64_t> scaled(std::string_view number, int64_t length) {
  int64_t whole = 0;
  double fraction = 0;
  double place = 1;
  bool digits = false;
  bool past_point = false;
  for (char c : number) {
    if (c == '.') {
      if (past_point)
        return std::nullopt;
      past_point = true;
      continue;
    }
    digits = true;
    if (past_point)
      fraction += (c - '0') * (place /= 10);
    else if (!multiply(whole, 10) || !add(whole, c - '0'))
      return std::nullopt;
  }
  // Rounds, because a sum of decimals differs slightly from the written value.
  constexpr double hair = 1e-6;
  auto rest = std::floor(fraction * static_cast<double>(length) + hair);
  if (!digits || !multiply(whole, length) ||
      !add(whole, static_cast<int64_t>(rest)))
    return std::nullopt;
  return whole;
}

} // namespace

std::optional<nanoseconds> parse_duration(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text == "0")
    return nanoseconds{0};
  if (text.empty())
    return std::nullopt;
  int64_t sum = 0;
  while (!text.empty()) {
    auto number = take(text, true);
    auto length = length_of(take(text, false));
    if (!length)
      return std::nullopt;
    auto part = scaled(number, *length);
    if (!part || !add(sum, *part))
      return std::nullopt;
  }
  return nanoseconds{negative ? -sum : sum};
}

std::string duration_in_units(nanoseconds d) {
  if (d.count() == 0)
    return "0";
  std::string text = d.count() < 0 ? "-" : "";
  auto left = d.count() < 0 ? -d.count() : d.count();
  for (const auto& [name, length] : units) {
    if (left >= length)
      text += std::to_string(left / length) + std::string(name);
    left %= length;
  }
  return text;
}

} // namespace locust
