#pragma once

#include "actors/api_watcher/reflector.hpp"
#include "protocol/kubernetes/answer.hpp"

#include <compare>
#include <string>
#include <utility>

// Shared by the two halves of the reflector: lists and streams.

namespace locust::watcher {

inline bool is_less(const std::string& a, const std::string& b) {
  return compare_resource_versions(a, b) == std::strong_ordering::less;
}

/// Whether the same request can never succeed: the server rejects its contents,
/// not the caller or the time.
inline bool is_hopeless(answer_class what) {
  return what == answer_class::invalid || what == answer_class::conflict ||
         what == answer_class::expired;
}

/// Puts the observations before what follows from them.
inline void report(observations batch, reflector_effects& out) {
  if (!batch.empty())
    out.insert(out.begin(), report_observations{std::move(batch)});
}

} // namespace locust::watcher
