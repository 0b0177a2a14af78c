#pragma once

#include "actors/api_watcher/projection.hpp"
#include "actors/api_watcher/watch_target.hpp"
#include "protocol/api_call.hpp"
#include "protocol/kubernetes/status_object.hpp"

#include <cstdint>
#include <string>

namespace locust::watcher {

enum class list_or_watch : uint8_t { list, watch };

/// Why a watcher does not work.
struct trouble {
  list_or_watch verb = list_or_watch::list;
  /// HTTP status; 0 if there was no answer.
  int status = 0;
  /// The machine-readable reason, for example `Forbidden`.
  std::string code;
  /// One sentence for people: what is wrong, where, and how to fix it.
  std::string sentence;

  /// Whether it is the same trouble. Ignores the sentence: messages may contain
  /// times and addresses that change with every attempt.
  bool same_as(const trouble& other) const {
    return verb == other.verb && status == other.status && code == other.code;
  }
};

/// Describes an answer that cannot be used. `said` is the Status in its body.
trouble describe_trouble(const watch_target& target, list_or_watch verb,
                         const api_response& from, const status_object& said);

} // namespace locust::watcher
