#include "actors/logging/object_line.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace locust {

namespace {

/// ASCII separators. A packed text starts with `begin_mark`. No other message
/// can, because each begins with text of the operator.
constexpr char begin_mark = '\x1e';
constexpr char field_mark = '\x1f';

void append(std::string& to, std::string_view field) {
  auto from = to.size();
  to += field;
  std::replace_if(
      to.begin() + static_cast<std::ptrdiff_t>(from), to.end(),
      [](char c) { return c == begin_mark || c == field_mark; }, '?');
  to += field_mark;
}

std::string_view take_field(std::string_view& text) {
  auto end = std::min(text.find(field_mark), text.size());
  auto field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

} // namespace

std::string packed(const object_line& line) {
  std::string text(1, begin_mark);
  append(text, line.logger);
  append(text, to_string(line.test));
  for (auto field : {line.uid, line.event, line.before, line.phase})
    append(text, field);
  text += line.message;
  return text;
}

log_fields unpacked(std::string_view text) {
  log_fields all;
  if (text.empty() || text.front() != begin_mark) {
    all.message = text;
    return all;
  }
  text.remove_prefix(1);
  for (auto* field :
       {&all.logger, &all.test, &all.uid, &all.event, &all.before, &all.phase})
    *field = take_field(text);
  all.message = text;
  return all;
}

void log_line_of(spdlog::level::level_enum level, const object_line& line) {
  if (spdlog::should_log(level))
    spdlog::log(level, "{}", packed(line));
}

} // namespace locust
