#pragma once

#include "protocol/json.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// An error from the API server (`kind: Status`).
struct status_object {
  /// HTTP status.
  int code = 0;
  /// Machine-readable: `AlreadyExists`, `Forbidden`.
  std::string reason;
  /// Human-readable; valid UTF-8 of at most `longest_message` bytes.
  std::string message;
  /// Reasons in `details.causes`; an empty string for a cause without one.
  std::vector<std::string> causes;
  /// How long to wait before a retry; more than 0, at most `longest_wait`.
  std::optional<std::chrono::seconds> retry_after;

  bool operator==(const status_object&) const = default;

  /// In bytes. Lists of causes can be long; nobody reads more than this.
  static constexpr size_t longest_message = 1024;
  static constexpr size_t longest_reason = 256;
  static constexpr size_t most_causes = 100;
  /// The API server asks for at most 32 s. A proxy may ask for hours, but
  /// usually recovers sooner.
  static constexpr std::chrono::seconds longest_wait{60};
};

/// Reads a parsed Status, for example of an ERROR event of a watch. A code that
/// is no HTTP status becomes 500.
status_object read_status(const json::value& object);

/// Reads the body of an answer. Also accepts any object with a `message`, which
/// proxies send. Returns nothing otherwise.
std::optional<status_object> parse_status(std::string_view body);

/// Whether the server has not reached the requested resource version yet; a
/// retry succeeds in a moment.
bool is_version_too_large(const status_object& said);

} // namespace locust
