#pragma once

#include "protocol/json.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// What the API server says when something is wrong (`kind: Status`).
struct status_object {
  /// HTTP status.
  int code = 0;
  /// For programs: `AlreadyExists`, `Forbidden`.
  std::string reason;
  /// For people; valid UTF-8 of at most `longest_message` bytes.
  std::string message;
  /// Reasons in `details.causes`; empty texts for causes without one.
  std::vector<std::string> causes;
  /// How long the client shall wait; more than 0, at most `longest_wait`.
  std::optional<std::chrono::seconds> retry_after;

  bool operator==(const status_object&) const = default;

  /// Bytes. Lists of faults get long; nobody reads more than this.
  static constexpr size_t longest_message = 1024;
  /// The API server asks for up to 32 s. A proxy may ask for hours, but it is
  /// repaired sooner.
  static constexpr std::chrono::seconds longest_wait{60};
};

/// Reads a Status that is already parsed, such as that of an ERROR event of a
/// watch. A code that is no HTTP status is taken for 500.
status_object read_status(const json::value& object);

/// Reads the body of an answer. Proxies write objects with a `message` of other
/// kinds, which are read alike. Nothing when `body` is neither.
std::optional<status_object> parse_status(std::string_view body);

/// Whether the server has not come as far as the resource version that was
/// asked for; it will in a moment.
bool is_version_too_large(const status_object& said);

} // namespace locust
