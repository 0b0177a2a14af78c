#pragma once

#include "actors/api_watcher/projection.hpp"
#include "actors/api_watcher/watch_target.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace locust::watcher {

/// What the API server answered to a list, or to the opening of a watch, that
/// did not succeed. Status 0: there was no (whole) answer, and `failure` says
/// why.
struct answer {
  int status = 0;
  std::string_view body{};
  std::string_view failure{};
  /// The server's wish (header `Retry-After`).
  std::optional<std::chrono::seconds> retry_after{};
};

enum class list_or_watch : uint8_t { list, watch };

/// Why a watcher cannot work at present.
struct trouble {
  list_or_watch verb = list_or_watch::list;
  /// HTTP status; 0 when there was no answer.
  int status = 0;
  /// The server's machine-readable reason, `Forbidden` for example.
  std::string code;
  /// One sentence for a person: what is wrong, where, what would be right.
  std::string sentence;

  /// Whether it is the same trouble, be it in other words: messages may contain
  /// times and addresses that change with every attempt.
  bool same_as(const trouble& other) const {
    return verb == other.verb && status == other.status && code == other.code;
  }
};

/// Puts a refusal into words. `said` is what was read of the answer's body.
trouble describe_trouble(const watch_target& target, list_or_watch verb,
                         const answer& from, const server_status& said);

} // namespace locust::watcher
