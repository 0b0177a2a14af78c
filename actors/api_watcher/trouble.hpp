#pragma once

#include "actors/api_watcher/projection.hpp"
#include "actors/api_watcher/watch_target.hpp"
#include "protocol/api_call.hpp"
#include "protocol/kubernetes/status_object.hpp"

#include <cstdint>
#include <string>

namespace locust::watcher {

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

/// Puts an answer that is of no use into words. `said` is what was read of its
/// body.
trouble describe_trouble(const watch_target& target, list_or_watch verb,
                         const api_response& from, const status_object& said);

} // namespace locust::watcher
