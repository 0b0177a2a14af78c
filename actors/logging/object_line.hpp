#pragma once

#include "protocol/kubernetes.hpp"

#include <spdlog/common.h>

#include <string>
#include <string_view>

// Lines of the log about one test. They all carry its name and uid, so that a
// search for the uid tells its story, in whatever format the log is.

namespace locust {

/// What such a line says. Views must live until it is logged.
struct object_line {
  /// Who says it: `supervisor`.
  std::string_view logger;
  const object_key& test;
  std::string_view uid;
  std::string_view message;
  /// What happened, one word; empty when it is no event of the test's life.
  std::string_view event{};
  /// Phases before and after it; empty when it has none.
  std::string_view before{};
  std::string_view phase{};
};

/// Logs the line.
void log_line_of(spdlog::level::level_enum level, const object_line& line);

// -- between this and the formatter -------------------------------------------

/// A message as the formatter finds it again. `logger` is empty for one that is
/// about no test; then only `message` counts.
struct log_fields {
  std::string_view logger{};
  std::string_view test{};
  std::string_view uid{};
  std::string_view event{};
  std::string_view before{};
  std::string_view phase{};
  std::string_view message{};
};

/// Puts a line into one text, which no other message can look like.
std::string packed(const object_line& line);

/// Returns the parts of a message, be it packed or not.
log_fields unpacked(std::string_view text);

} // namespace locust
