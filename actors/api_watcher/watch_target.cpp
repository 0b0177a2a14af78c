#include "actors/api_watcher/watch_target.hpp"

#include "protocol/kubernetes/dns_name.hpp"

namespace locust {

namespace {

/// Appends `text` percent-encoded for use in a query.
void append_encoded(std::string& to, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char c : text) {
    auto plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                 c == '~';
    if (plain) {
      to += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    to += '%';
    to += digits[byte >> 4];
    to += digits[byte & 15];
  }
}

/// A path that grows `?name=value&name=value`.
class request_path {
public:
  explicit request_path(std::string path) : text_(std::move(path)) {
    // nop
  }

  void add(std::string_view name, std::string_view value) {
    text_ += has_query_ ? '&' : '?';
    has_query_ = true;
    text_ += name;
    text_ += '=';
    append_encoded(text_, value);
  }

  std::string take() {
    return std::move(text_);
  }

private:
  std::string text_;
  bool has_query_ = false;
};

/// Path of the collection and the selectors of the kind: what a list and a
/// watch have in common, so that both are about the same objects.
request_path collection(const watch_target& target) {
  auto resource = resource_of(target.kind);
  std::string path = resource.group.empty() ? "/api/" : "/apis/";
  if (!resource.group.empty())
    path.append(resource.group) += '/';
  path += resource.version;
  if (target.ns) {
    path += "/namespaces/";
    append_encoded(path, *target.ns);
  }
  path += '/';
  path += resource.plural;
  request_path result(std::move(path));
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
  case watched_kind::locust_tests:
  case watched_kind::services:
    break;
  }
  return result;
}

std::string metadata_only(std::string_view form) {
  // A server that cannot give metadata only answers with the whole objects,
  // of which we read the same fields.
  return "application/json;as=" + std::string(form) +
         ";g=meta.k8s.io;v=v1,application/json";
}

constexpr std::string_view master_suffix = "-master";
constexpr std::string_view worker_suffix = "-worker";

bool is_job_of_ours(std::string_view name) {
  return name.ends_with(master_suffix) || name.ends_with(worker_suffix);
}

/// The Job controller calls pods `<job>-<5 characters>`, and cuts the first
/// part where that would be longer than 63.
bool is_pod_of_ours(std::string_view name) {
  return name.size() == longest_dns_label ||
         is_job_of_ours(name.substr(0, name.rfind('-')));
}

} // namespace

api_resource resource_of(watched_kind kind) {
  switch (kind) {
  case watched_kind::locust_tests:
    return {"locust.io", "v2", "locusttests"};
  case watched_kind::services:
    return {"", "v1", "services"};
  case watched_kind::jobs:
    return {"batch", "v1", "jobs"};
  case watched_kind::pods:
    return {"", "v1", "pods"};
  case watched_kind::pod_warnings:
  case watched_kind::job_warnings:
    break;
  }
  return {"", "v1", "events"};
}

std::string list_request(const watch_target& target, const list_query& query) {
  auto path = collection(target);
  if (query.paged)
    path.add("limit", std::to_string(list_page_limit));
  if (!query.continue_from.empty()) {
    // The token names the version already; the server refuses both together.
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

std::string list_accept(watched_kind kind) {
  return kind == watched_kind::services
             ? metadata_only("PartialObjectMetadataList")
             : std::string{};
}

std::string watch_accept(watched_kind kind) {
  return kind == watched_kind::services ? metadata_only("PartialObjectMetadata")
                                        : std::string{};
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
