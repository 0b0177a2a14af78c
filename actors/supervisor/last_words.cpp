#include "actors/supervisor/last_words.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <cctype>

namespace locust {

namespace {

/// Both lines together, in bytes; the end of a longer text is kept.
constexpr size_t longest = 400;

/// Colours of a terminal, from ESC to a letter, do not help in a status.
std::string without_colours(std::string_view line) {
  std::string result;
  bool skips = false;
  for (char c : line) {
    if (c == '\x1b')
      skips = true;
    else if (!skips)
      result += c == '\t' || c == '\r' ? ' ' : c;
    else if (std::isalpha(static_cast<unsigned char>(c)) != 0)
      skips = false;
  }
  return result;
}

/// Joins runs of spaces, as the columns of a table have, and trims.
std::string squeezed(const std::string& line) {
  std::string result;
  for (char c : line)
    if (c != ' ' || (!result.empty() && result.back() != ' '))
      result += c;
  while (!result.empty() && result.back() == ' ')
    result.pop_back();
  return result;
}

/// Rulers of Locust's tables and markers of a traceback say nothing.
bool says_something(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80;
  });
}

} // namespace

std::string last_words(std::string_view message) {
  std::string result;
  int lines = 0;
  while (!message.empty() && lines < 2) {
    auto at = message.rfind('\n');
    auto begin = at == std::string_view::npos ? 0 : at + 1;
    auto line = squeezed(without_colours(message.substr(begin)));
    message = message.substr(0, begin == 0 ? 0 : at);
    if (!says_something(line))
      continue;
    result = result.empty() ? line : line + " | " + result;
    ++lines;
  }
  if (result.size() > longest)
    result = "..." + result.substr(result.size() - longest + 3);
  return json::clean_text(result, longest);
}

} // namespace locust
