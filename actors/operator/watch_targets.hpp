#pragma once

#include "actors/api_watcher/watch_target.hpp"
#include "actors/operator/dispatcher.hpp"
#include "protocol/messages.hpp"

#include <spdlog/spdlog.h>

#include <string>
#include <vector>

// What the operator watches.

namespace locust {

/// Returns a target for each kind and, if namespaces are given, each namespace.
inline std::vector<watch_target>
targets_of(const std::vector<std::string>& namespaces) {
  std::vector<watch_target> all;
  for (auto kind : all_watched_kinds) {
    if (namespaces.empty())
      all.push_back({kind});
    for (const auto& ns : namespaces)
      all.push_back({kind, ns});
  }
  return all;
}

inline watch_target target_of(const watch_trouble& trouble) {
  if (trouble.ns.empty())
    return {trouble.kind};
  return {trouble.kind, trouble.ns};
}

inline void log(const watch_trouble& trouble) {
  if (trouble.reason.empty())
    spdlog::info("watching {} again", describe(target_of(trouble)));
  else
    spdlog::warn("waiting: {}", trouble.reason);
}

} // namespace locust
