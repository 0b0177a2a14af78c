#pragma once

#include "protocol/kubernetes.hpp"
#include "protocol/kubernetes/api_resource.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// What a watcher requests: the paths of a kind, its selectors and the media
// type. Pure.

namespace locust {

/// The label on every Job and Pod of the operator and the selector of their
/// watches, so that no foreign objects arrive
/// (docs/behaviour/process.md#watches). Jobs have it because they are created
/// without labels, and the API server then copies those of the pod template
/// (docs/behaviour/children.md#jobs).
inline constexpr std::string_view own_objects_selector =
    "managed-by=locust-k8s-operator";

/// Objects per page of a list, as in client-go's pager: large enough for few
/// round trips, small enough that a page blocks neither side.
inline constexpr int list_page_limit = 500;

/// What one watcher watches: a kind, in one namespace or in all
/// (docs/behaviour/process.md#namespaces).
struct watch_target {
  watched_kind kind = watched_kind::locust_tests;
  /// Not set: all namespaces.
  std::optional<std::string> ns{};

  bool operator==(const watch_target&) const = default;
};

const api_resource& resource_of(watched_kind kind);

/// The page of a list to request.
struct list_query {
  /// Minimum resource version; empty: the most recent (a consistent read). For
  /// the first page only.
  std::string not_older_than{};
  /// Continue token; empty for the first page.
  std::string continue_from{};
  /// Objects per page; 0: the whole list in one answer.
  int limit = list_page_limit;
};

/// Returns path and query of a list, for example
/// `/apis/batch/v1/jobs?labelSelector=managed-by%3Dx&limit=500`.
std::string list_request(const watch_target& target, const list_query& query);

/// Returns path and query of a watch that starts at `resource_version`, with
/// bookmarks. The server ends it after `timeout`.
std::string watch_request(const watch_target& target,
                          std::string_view resource_version,
                          std::chrono::seconds timeout);

/// Returns the `Accept` header of a list or watch: Services are requested as
/// metadata only; empty means plain JSON.
std::string_view list_accept(watched_kind kind);
std::string_view watch_accept(watched_kind kind);

/// Returns whether the object can belong to a LocustTest, judging by the names
/// of children and of the pods of their Jobs. Services and Kubernetes Events
/// have no label to select by, so foreign ones arrive; this drops them before
/// anything is stored (docs/behaviour/process.md#watches).
bool can_be_ours(const seen_object& object);

/// Describes the target for messages: `pods`, or `pods in namespace perf`.
std::string describe(const watch_target& target);

} // namespace locust
