#include "actors/configuration/scalar_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace locust {

namespace {

constexpr std::array<std::string_view, 6> true_words = {"1",    "t",    "T",
                                                        "TRUE", "true", "True"};
constexpr std::array<std::string_view, 6> false_words = {
    "0", "f", "F", "FALSE", "false", "False"};

} // namespace

std::optional<bool> parse_bool(std::string_view text) {
  auto is_in = [&](const auto& list) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  if (is_in(true_words))
    return true;
  if (is_in(false_words))
    return false;
  return std::nullopt;
}

std::optional<int32_t> parse_integer(std::string_view text) {
  // from_chars accepts a minus sign, but no plus sign.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-')
    text.remove_prefix(1);
  int32_t value = 0;
  const auto* end = text.data() + text.size();
  auto [rest, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || rest != end)
    return std::nullopt;
  return value;
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

} // namespace locust
