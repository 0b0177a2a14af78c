#include "actors/api_watcher/watch_target.hpp"

#include "protocol/kubernetes/dns_name.hpp"
#include "protocol/kubernetes/media_type.hpp"
#include "protocol/kubernetes/object_path.hpp"

namespace locust {

namespace {

/// Returns path and selectors of the kind, which list and watch must share.
path_with_query collection(const watch_target& target) {
  path_with_query result(
      collection_path(resource_of(target.kind), target.ns.value_or("")));
  switch (target.kind) {
  case watched_kind::jobs:
  case watched_kind::pods:
    result.add("labelSelector", own_objects_selector);
    break;
  case watched_kind::pod_warnings:
    result.add("fieldSelector", "reason=FailedMount,involvedObject.kind=Pod");
    break;
  case watched_kind::job_warnings:
    result.add("fieldSelector", "reason=FailedCreate,involvedObject.kind=Job");
    break;
  case watched_kind::pod_evictions:
    result.add("fieldSelector", "reason=Evicted,involvedObject.kind=Pod");
    break;
  case watched_kind::locust_tests:
  case watched_kind::services:
    break;
  }
  return result;
}

constexpr std::string_view master_suffix = "-master";
constexpr std::string_view worker_suffix = "-worker";

bool is_job_of_ours(std::string_view name) {
  return name.ends_with(master_suffix) || name.ends_with(worker_suffix);
}

/// The Job controller names pods `<job>-<5 characters>` and truncates the Job
/// name so that the result has at most 63 characters.
bool is_pod_of_ours(std::string_view name) {
  return name.size() == longest_dns_label ||
         is_job_of_ours(name.substr(0, name.rfind('-')));
}

} // namespace

const api_resource& resource_of(watched_kind kind) {
  switch (kind) {
  case watched_kind::locust_tests:
    return resources::locust_tests;
  case watched_kind::services:
    return resources::services;
  case watched_kind::jobs:
    return resources::jobs;
  case watched_kind::pods:
    return resources::pods;
  case watched_kind::pod_warnings:
  case watched_kind::job_warnings:
  case watched_kind::pod_evictions:
    break;
  }
  return resources::events;
}

std::string list_request(const watch_target& target, const list_query& query) {
  auto path = collection(target);
  if (query.limit > 0)
    path.add("limit", std::to_string(query.limit));
  if (!query.continue_from.empty()) {
    // The token includes the version; the server rejects both together.
    path.add("continue", query.continue_from);
  } else if (!query.not_older_than.empty()) {
    path.add("resourceVersion", query.not_older_than);
    path.add("resourceVersionMatch", "NotOlderThan");
  }
  return path.take();
}

std::string watch_request(const watch_target& target,
                          std::string_view resource_version,
                          std::chrono::seconds timeout) {
  auto path = collection(target);
  path.add("watch", "true");
  path.add("allowWatchBookmarks", "true");
  path.add("resourceVersion", resource_version);
  path.add("timeoutSeconds", std::to_string(timeout.count()));
  return path.take();
}

std::string_view list_accept(watched_kind kind) {
  return kind == watched_kind::services ? metadata_only_list
                                        : std::string_view{};
}

std::string_view watch_accept(watched_kind kind) {
  return kind == watched_kind::services ? metadata_only : std::string_view{};
}

bool can_be_ours(const seen_object& object) {
  if (const auto* service = std::get_if<service_seen>(&object))
    return service->key.name.ends_with(master_suffix);
  if (const auto* warning = std::get_if<warning_seen>(&object))
    return warning->about_kind == "Pod" ? is_pod_of_ours(warning->about_name)
                                        : is_job_of_ours(warning->about_name);
  return true;
}

std::string describe(const watch_target& target) {
  std::string result(to_string(target.kind));
  if (target.ns)
    result += " in namespace " + *target.ns;
  return result;
}

} // namespace locust
