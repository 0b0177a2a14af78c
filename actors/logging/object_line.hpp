#pragma once

#include "protocol/kubernetes.hpp"

#include <spdlog/common.h>

#include <string>
#include <string_view>

// Log lines about one test. All carry its name and uid, so that a search for
// the uid finds them in either format.

namespace locust {

/// The contents of such a line. Views must be valid until it is logged.
struct object_line {
  /// The component that logs it, for example `supervisor`.
  std::string_view logger;
  const object_key& test;
  std::string_view uid;
  std::string_view message;
  /// The kind of event, one word; empty if the line is about no event.
  std::string_view event{};
  /// The phase before and after the event; empty if there is none.
  std::string_view before{};
  std::string_view phase{};
};

/// Logs the line.
void log_line_of(spdlog::level::level_enum level, const object_line& line);

// -- internal: between this file and the formatter ----------------------------

/// An unpacked message. `logger` is empty if the line is about no test; then
/// only `message` is set.
struct log_fields {
  std::string_view logger{};
  std::string_view test{};
  std::string_view uid{};
  std::string_view event{};
  std::string_view before{};
  std::string_view phase{};
  std::string_view message{};
};

/// Packs a line into one text that no other message can equal.
std::string packed(const object_line& line);

/// Returns the fields of a message, whether it is packed or not.
log_fields unpacked(std::string_view text);

} // namespace locust
