#include "actors/api_watcher/project_kinds.hpp"

#include "protocol/kubernetes/object_metadata.hpp"
#include "protocol/labels.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace locust::watcher {

namespace {

using json::bool_at;
using json::find;
using json::int_at;
using json::string_at;
using json::text_at;
using json::value;
using json::wanted;

// -- selected members ---------------------------------------------------------

constexpr wanted own_labels[] = {{role_label}};

constexpr wanted metadata[] = {
    {"name"},           {"namespace"},         {"uid"},
    {"generation"},     {"resourceVersion"},   {"labels", own_labels},
    {"finalizers"},     {"creationTimestamp"}, {"deletionTimestamp"},
    {"ownerReferences"}};

constexpr wanted test_members[] = {
    {"metadata", metadata}, {"spec"}, {"status"}};

constexpr wanted service_members[] = {{"metadata", metadata}};

constexpr wanted job_spec[] = {{"ttlSecondsAfterFinished"}, {"suspend"}};
constexpr wanted job_status[] = {{"active"}, {"ready"}, {"conditions"}};
constexpr wanted job_members[] = {
    {"metadata", metadata}, {"spec", job_spec}, {"status", job_status}};

constexpr wanted init_container[] = {{"name"}, {"restartPolicy"}};
constexpr wanted pod_spec[] = {{"nodeName"},
                               {"initContainers", init_container}};
constexpr wanted container_status[] = {{"name"}, {"state"}};
constexpr wanted pod_status[] = {{"phase"},
                                 {"reason"},
                                 {"message"},
                                 {"podIP"},
                                 {"conditions"},
                                 {"initContainerStatuses", container_status},
                                 {"containerStatuses", container_status}};
constexpr wanted pod_members[] = {
    {"metadata", metadata}, {"spec", pod_spec}, {"status", pod_status}};

constexpr wanted warning_members[] = {
    {"metadata", metadata}, {"involvedObject"}, {"reason"},    {"message"},
    {"lastTimestamp"},      {"firstTimestamp"}, {"eventTime"}, {"series"}};

// -- helpers ------------------------------------------------------------------

/// Returns the items of the array at `path`; empty if there is none.
std::span<const value> items_at(const value& from,
                                std::initializer_list<std::string_view> path) {
  const auto* v = find(from, path);
  if (v == nullptr || !v->IsArray() || v->Empty())
    return {};
  return {v->Begin(), v->Size()};
}

/// Whether there is a value other than null at `path`.
bool has(const value& from, std::initializer_list<std::string_view> path) {
  const auto* v = find(from, path);
  return v != nullptr && !v->IsNull();
}

std::optional<timestamp> time_at(const value& from,
                                 std::initializer_list<std::string_view> path) {
  auto text = string_at(from, path);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

/// Reads an int32 field of Kubernetes; nothing if it is missing or out of
/// range.
std::optional<int32_t> int32_at(const value& from,
                                std::initializer_list<std::string_view> path) {
  using limits = std::numeric_limits<int32_t>;
  auto x = int_at(from, path);
  if (!x || *x < limits::min() || *x > limits::max())
    return std::nullopt;
  return static_cast<int32_t>(*x);
}

/// Limits of texts of others, in bytes, before anything uses them. The kubelet
/// writes at most 4 KiB; whoever may write Events or statuses can write more
/// than a megabyte.
constexpr size_t longest_message = 4096;
constexpr size_t longest_reason = 256;

std::string message_at(const value& from,
                       std::initializer_list<std::string_view> path) {
  return json::clean_text(string_at(from, path).value_or(""), longest_message);
}

std::string reason_at(const value& from,
                      std::initializer_list<std::string_view> path) {
  return json::clean_text(string_at(from, path).value_or(""), longest_reason);
}

object_key key_at(const value& object) {
  return {text_at(object, {"metadata", "namespace"}),
          text_at(object, {"metadata", "name"})};
}

/// Creates a value with the fields that all kinds except warnings share.
template <class T>
T with_metadata(const value& object) {
  T result;
  result.key = key_at(object);
  result.uid = text_at(object, {"metadata", "uid"});
  result.resource_version = text_at(object, {"metadata", "resourceVersion"});
  result.created =
      time_at(object, {"metadata", "creationTimestamp"}).value_or(timestamp{});
  result.deleting = has(object, {"metadata", "deletionTimestamp"});
  return result;
}

/// Returns a part of a LocustTest as JSON with sorted keys, so that lists and
/// watches give equal texts for equal values.
std::shared_ptr<const std::string> part_of(const value& object,
                                           std::string_view member) {
  if (!has(object, {member}))
    return nullptr;
  return std::make_shared<const std::string>(
      json::dump_canonical(*find(object, {member})));
}

bool is_true(const value& condition) {
  return string_at(condition, {"status"}) == "True";
}

// -- kinds --------------------------------------------------------------------

locust_test project_test(const value& object) {
  auto result = with_metadata<locust_test>(object);
  result.generation = int_at(object, {"metadata", "generation"}).value_or(0);
  for (const auto& name : items_at(object, {"metadata", "finalizers"}))
    if (name.IsString())
      result.finalizers.emplace_back(name.GetString(), name.GetStringLength());
  result.spec = part_of(object, "spec");
  result.status = part_of(object, "status");
  return result;
}

service_seen project_service(const value& object) {
  auto result = with_metadata<service_seen>(object);
  result.owner = controller_of(object);
  return result;
}

job_seen project_job(const value& object) {
  auto result = with_metadata<job_seen>(object);
  result.owner = controller_of(object);
  result.active = int32_at(object, {"status", "active"}).value_or(0);
  result.ready = int32_at(object, {"status", "ready"}).value_or(0);
  result.ttl_seconds = int32_at(object, {"spec", "ttlSecondsAfterFinished"});
  result.suspended = bool_at(object, {"spec", "suspend"}).value_or(false);
  for (const auto& condition : items_at(object, {"status", "conditions"})) {
    auto type = string_at(condition, {"type"});
    if (type == "Suspended" && !is_true(condition))
      result.resumed_at = time_at(condition, {"lastTransitionTime"});
    if (!is_true(condition))
      continue;
    result.suspended |= type == "Suspended";
    auto verdict = type == "Complete" ? job_verdict::complete
                   : type == "Failed" ? job_verdict::failed
                                      : job_verdict::none;
    if (result.verdict == job_verdict::none)
      result.verdict = verdict;
    if (type == "FailureTarget" || type == "SuccessCriteriaMet")
      result.ending = true;
    if (type == "FailureTarget" || verdict == job_verdict::failed) {
      result.failure_reason = reason_at(condition, {"reason"});
      result.failure_message = message_at(condition, {"message"});
    }
  }
  return result;
}

pod_phase phase_of(const value& pod) {
  auto text = string_at(pod, {"status", "phase"});
  if (text == "Pending")
    return pod_phase::pending;
  if (text == "Running")
    return pod_phase::running;
  if (text == "Succeeded")
    return pod_phase::succeeded;
  if (text == "Failed")
    return pod_phase::failed;
  return pod_phase::unknown;
}

/// Reads only `state`; `lastState` is about a previous start of the container.
container_seen project_container(const value& status) {
  container_seen result;
  result.name = text_at(status, {"name"});
  result.running = has(status, {"state", "running"});
  result.waiting_reason = reason_at(status, {"state", "waiting", "reason"});
  result.waiting_message = message_at(status, {"state", "waiting", "message"});
  if (has(status, {"state", "terminated"})) {
    const auto& end = *find(status, {"state", "terminated"});
    result.exit_code = int32_at(end, {"exitCode"}).value_or(0);
    result.exit_reason = reason_at(end, {"reason"});
    result.exit_message = message_at(end, {"message"});
    result.started_at = time_at(end, {"startedAt"});
    result.finished_at = time_at(end, {"finishedAt"});
  }
  return result;
}

/// Whether the pod spec declares the init container `name` as a native sidecar,
/// even if an admission webhook added it.
bool is_sidecar(const value& pod, std::string_view name) {
  auto containers = items_at(pod, {"spec", "initContainers"});
  return std::any_of(
      containers.begin(), containers.end(), [name](const value& container) {
        return string_at(container, {"name"}) == name &&
               string_at(container, {"restartPolicy"}) == "Always";
      });
}

void project_pod_conditions(const value& object, pod_seen& result) {
  for (const auto& condition : items_at(object, {"status", "conditions"})) {
    auto type = string_at(condition, {"type"});
    if (type == "Ready")
      result.ready = is_true(condition);
    else if (type == "PodScheduled" &&
             string_at(condition, {"status"}) == "False")
      result.unscheduled = message_at(condition, {"message"});
    else if (type == "DisruptionTarget" && is_true(condition))
      result.disruption = reason_at(condition, {"reason"}) + ": " +
                          message_at(condition, {"message"});
  }
}

pod_seen project_pod(const value& object) {
  auto result = with_metadata<pod_seen>(object);
  result.owner = controller_of(object);
  result.role_name = text_at(object, {"metadata", "labels", role_label});
  result.phase = phase_of(object);
  result.reason = reason_at(object, {"status", "reason"});
  result.message = message_at(object, {"status", "message"});
  result.ip = text_at(object, {"status", "podIP"});
  result.node = text_at(object, {"spec", "nodeName"});
  project_pod_conditions(object, result);
  for (const auto& status :
       items_at(object, {"status", "initContainerStatuses"})) {
    auto& container = result.containers.emplace_back(project_container(status));
    container.init = true;
    container.sidecar = is_sidecar(object, container.name);
  }
  for (const auto& status : items_at(object, {"status", "containerStatuses"}))
    result.containers.push_back(project_container(status));
  return result;
}

/// Clients of core/v1 set `lastTimestamp`; clients of events.k8s.io/v1 set
/// `eventTime` and `series`.
timestamp last_seen_of(const value& event) {
  auto result = std::max({time_at(event, {"lastTimestamp"}),
                          time_at(event, {"eventTime"}),
                          time_at(event, {"series", "lastObservedTime"})});
  if (!result)
    result = time_at(event, {"firstTimestamp"});
  if (!result)
    result = time_at(event, {"metadata", "creationTimestamp"});
  return result.value_or(timestamp{});
}

warning_seen project_warning(const value& object) {
  warning_seen result;
  result.key = key_at(object);
  result.uid = text_at(object, {"metadata", "uid"});
  result.resource_version = text_at(object, {"metadata", "resourceVersion"});
  result.about_kind = text_at(object, {"involvedObject", "kind"});
  result.about_name = text_at(object, {"involvedObject", "name"});
  result.about_uid = text_at(object, {"involvedObject", "uid"});
  result.reason = reason_at(object, {"reason"});
  result.message = message_at(object, {"message"});
  result.last_seen = last_seen_of(object);
  return result;
}

} // namespace

std::span<const json::wanted> members_of(watched_kind kind) {
  switch (kind) {
  case watched_kind::locust_tests:
    return test_members;
  case watched_kind::services:
    return service_members;
  case watched_kind::jobs:
    return job_members;
  case watched_kind::pods:
    return pod_members;
  case watched_kind::pod_warnings:
  case watched_kind::job_warnings:
  case watched_kind::pod_evictions:
    break;
  }
  return warning_members;
}

seen_object project_object(watched_kind kind, const json::value& object) {
  switch (kind) {
  case watched_kind::locust_tests:
    return project_test(object);
  case watched_kind::services:
    return project_service(object);
  case watched_kind::jobs:
    return project_job(object);
  case watched_kind::pods:
    return project_pod(object);
  case watched_kind::pod_warnings:
  case watched_kind::job_warnings:
  case watched_kind::pod_evictions:
    break;
  }
  return project_warning(object);
}

} // namespace locust::watcher
