#include "actors/supervisor/last_words.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

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

/// One line of output without the head that Locust's log gives it.
struct output_line {
  std::string text;
  /// Logged below WARNING: no cause of anything.
  bool is_quiet = false;
};

/// Locust logs `[time] host/LEVEL/logger: text`.
output_line parse_line(std::string_view line) {
  auto text = squeezed(without_colours(line));
  auto close = text.find("] ");
  auto colon = text.find(": ", close == std::string::npos ? 0 : close);
  if (text.empty() || text.front() != '[' || close == std::string::npos ||
      colon == std::string::npos)
    return {text};
  auto head = text.substr(close + 2, colon - close - 2);
  auto logger = head.rfind('/');
  auto level = logger == std::string::npos || logger == 0
                   ? std::string::npos
                   : head.rfind('/', logger - 1);
  if (level == std::string::npos)
    return {text};
  auto name = head.substr(level + 1, logger - level - 1);
  return {text.substr(colon + 2), name == "INFO" || name == "DEBUG"};
}

} // namespace

std::string last_words(std::string_view message) {
  std::string result;
  std::string quiet;
  int lines = 0;
  while (!message.empty() && lines < 2) {
    auto at = message.rfind('\n');
    auto begin = at == std::string_view::npos ? 0 : at + 1;
    auto line = parse_line(message.substr(begin));
    message = message.substr(0, begin == 0 ? 0 : at);
    if (!says_something(line.text))
      continue;
    if (line.is_quiet) {
      if (quiet.empty())
        quiet = line.text;
      continue;
    }
    if (lines++ > 0)
      line.text.append(" | ").append(result);
    result = std::move(line.text);
  }
  if (result.empty())
    result = std::move(quiet);
  if (result.size() > longest)
    result.replace(0, result.size() - longest + 3, "...");
  return json::clean_text(result, longest);
}

} // namespace locust
