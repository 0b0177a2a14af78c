#include "protocol/kubernetes/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace locust {

namespace {

constexpr std::array<std::string_view, 16> suffixes = {
    "",  "n", "u",  "m",  "k",  "M",  "G",  "T",
    "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Removes the digits at the front of `text` and returns how many there were.
size_t drop_digits(std::string_view& text) {
  auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  auto count = static_cast<size_t>(end - text.begin());
  text.remove_prefix(count);
  return count;
}

void drop_sign(std::string_view& text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-'))
    text.remove_prefix(1);
}

bool is_exponent(std::string_view text) {
  if (text.size() < 2 || (text.front() != 'e' && text.front() != 'E'))
    return false;
  text.remove_prefix(1);
  // from_chars accepts a minus sign but no plus sign.
  if (text.front() == '+') {
    text.remove_prefix(1);
    if (text.empty() || !is_digit(text.front()))
      return false;
  }
  int32_t exponent = 0;
  const auto* end = text.data() + text.size();
  auto [rest, fault] = std::from_chars(text.data(), end, exponent);
  return fault == std::errc{} && rest == end;
}

} // namespace

bool is_quantity(std::string_view text) {
  drop_sign(text);
  auto digits = drop_digits(text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    digits += drop_digits(text);
  }
  if (digits == 0)
    return false;
  return std::find(suffixes.begin(), suffixes.end(), text) != suffixes.end() ||
         is_exponent(text);
}

} // namespace locust
