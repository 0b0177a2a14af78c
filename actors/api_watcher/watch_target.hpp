#pragma once

#include "protocol/kubernetes.hpp"
#include "protocol/kubernetes/api_resource.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// What one watcher asks for: where the objects of a kind live on the API
// server, which of them are ours, and in which form they come. Pure.

namespace locust {

/// The label that every Job and Pod of ours carries; the selector of their
/// watches, so that nothing of other people's arrives
/// (docs/behaviour/process.md#watches). Jobs carry it too: they are sent
/// without labels, and the API server then copies those of the pod template
/// (docs/behaviour/children.md#jobs).
inline constexpr std::string_view own_objects_selector =
    "managed-by=locust-k8s-operator";

/// Objects per page of a list. As client-go's pager: big enough for few round
/// trips, small enough that no page holds the API server or us up.
inline constexpr int list_page_limit = 500;

/// One watcher's task: a kind, in one namespace or in all
/// (docs/behaviour/process.md#namespaces).
struct watch_target {
  watched_kind kind = watched_kind::locust_tests;
  /// No value: all namespaces.
  std::optional<std::string> ns{};

  bool operator==(const watch_target&) const = default;
};

const api_resource& resource_of(watched_kind kind);

/// Which page of which list.
struct list_query {
  /// At least as new as this resource version; empty: the newest there is
  /// (a consistent read). Only the first page says so.
  std::string not_older_than{};
  /// Token of the page before; empty for the first page.
  std::string continue_from{};
  /// False: everything in one answer.
  bool paged = true;
};

/// Returns path and query of a list, for example
/// `/apis/batch/v1/jobs?labelSelector=managed-by%3Dx&limit=500`.
std::string list_request(const watch_target& target, const list_query& query);

/// Returns path and query of a watch from `resource_version` on, with
/// bookmarks, that the server ends by itself after `timeout`.
std::string watch_request(const watch_target& target,
                          std::string_view resource_version,
                          std::chrono::seconds timeout);

/// Returns the `Accept` header of a list (of a watch): Services come as
/// metadata only; empty means plain JSON.
std::string_view list_accept(watched_kind kind);
std::string_view watch_accept(watched_kind kind);

/// Returns whether the object can have to do with a LocustTest, judged by the
/// names that children get (and pods of their Jobs). Services and Kubernetes
/// Events have no label to select them by: those of other people arrive, and
/// are dropped by this before anything is kept of them
/// (docs/behaviour/process.md#watches).
bool can_be_ours(const seen_object& object);

/// Returns the target in words: `pods`, or `pods in namespace perf`.
std::string describe(const watch_target& target);

} // namespace locust
