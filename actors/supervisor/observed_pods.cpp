#include "actors/supervisor/final_table.hpp"
#include "actors/supervisor/last_words.hpp"
#include "actors/supervisor/observed_objects.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <array>
#include <string_view>

// The part of `observed_objects` about pods.

namespace locust {

namespace {

using namespace std::chrono_literals;

/// A volume that cannot be mounted may be slow; after this time in the life of
/// a pod it counts as a problem. A missing ConfigMap or Secret counts at once.
constexpr auto slow_mount_limit = 30s;

/// Maximum length of the text of an Event, in bytes.
constexpr size_t warning_limit = 1024;

/// Maximum number of warnings; each of 500 worker pods may have one.
constexpr size_t warnings_limit = 600;

bool names_missing_object(const std::string& message) {
  bool object = message.find("configmap") != std::string::npos ||
                message.find("secret") != std::string::npos;
  return object && message.find("not found") != std::string::npos;
}

/// Whether the container runs or has run: a runtime that cannot start it, or a
/// kubelet that knows nothing of it, reports an exit code, too.
bool has_run(const container_seen& c) {
  constexpr std::array<std::string_view, 3> never_started = {
      "StartError", "ContainerCannotRun", "ContainerStatusUnknown"};
  return c.running ||
         (c.exit_code && std::find(never_started.begin(), never_started.end(),
                                   c.exit_reason) == never_started.end());
}

std::vector<std::string> others_running(const pod_seen& pod,
                                        const container_seen* locust) {
  std::vector<std::string> names;
  for (const auto& c : pod.containers)
    if (!c.init && &c != locust && !c.exit_code)
      names.push_back(c.name);
  return names;
}

/// Whether the control plane or the kubelet ends the pod, or has ended it.
bool is_interrupted(const pod_seen& pod) {
  return !pod.disruption.empty() ||
         (pod.phase == pod_phase::failed && !pod.reason.empty());
}

/// Returns the current problem of the pod. `before` is its previous
/// observation.
std::optional<pod_trouble> trouble_of(const observed_pod& before,
                                      const pod_seen& pod, bool is_master,
                                      const std::string& test_files) {
  auto found = trouble_of_pod(pod, is_master, test_files);
  bool taken = found && found->kind == trouble_kind::pod_lost;
  // Once Locust has ended, the run does not need the pod any more.
  if (taken && before.end && !before.is_lost())
    return before.trouble;
  // An eviction can be cancelled and a node can recover; then the pod keeps
  // running.
  bool runs_on = pod.phase == pod_phase::running && !pod.deleting;
  return before.is_lost() && !taken && !runs_on ? before.trouble : found;
}

} // namespace

void observed_objects::on_present(const pod_seen& pod, timestamp now) {
  if (!pod.owner)
    return;
  bool is_master =
      pod.role_name == child_name(test->key.name, child_kind::master_job);
  auto& known = pods[pod.uid];
  if (is_older_version(pod.resource_version, known.resource_version))
    return;
  if (known.name.empty())
    known.first_seen_at = now;
  known.seen_at = now;
  known.uid = pod.uid;
  known.name = pod.key.name;
  known.resource_version = pod.resource_version;
  known.job_uid = pod.owner->uid;
  known.node = pod.node;
  known.ip = pod.ip;
  known.created = pod.created;
  known.phase = pod.phase;
  known.deleting = pod.deleting;
  known.trouble = trouble_of(known, pod, is_master, spec.test_files);
  const auto* locust = locust_container(pod);
  known.others_running = others_running(pod, locust);
  if (locust != nullptr) {
    known.started_at = locust->started_at;
    known.finished_at = locust->finished_at;
  }
  if (!known.end)
    known.interrupted = is_interrupted(pod);
  mark_evicted(known, now);
  bool ended = known.end || (locust != nullptr && locust->exit_code);
  if (pod.deleting && !ended && !known.deleted_at)
    known.deleted_at = now;
  if (!known.trouble && !known.deleted_at)
    known.unhealthy_since.reset();
  else if (!known.unhealthy_since)
    known.unhealthy_since = now;
  bool runs = locust != nullptr && locust->running;
  if (is_master && runs && !known.locust_runs) {
    master_runs_since = now;
    load = {}; // workers of the previous master do not count
  }
  known.locust_runs = runs;
  known.locust_ran |= locust != nullptr && has_run(*locust);
  if (locust != nullptr && locust->exit_code) {
    known.ended_by_itself |= !known.end && !pod.deleting && !known.interrupted;
    if (!known.end)
      known.ended_at = now;
    known.end = container_end{*locust->exit_code, locust->exit_reason,
                              last_words(locust->exit_message)};
    if (is_master)
      known.final_table = read_final_table(locust->exit_message);
  }
}

void observed_objects::on_present(const warning_seen& warning) {
  // A pod gets several warnings while it waits; the latest one counts.
  if (warning.about_kind == "Pod") {
    auto pod = pods.find(warning.about_uid);
    bool lasting = pod != pods.end() &&
                   warning.last_seen - pod->second.created >= slow_mount_limit;
    if (!lasting && !names_missing_object(warning.message))
      return;
  }
  if (warnings.size() >= warnings_limit)
    warnings.erase(warnings.begin()); // the others show the same problem
  warnings[warning.about_uid] = {
      json::clean_text(warning.message, warning_limit), warning.last_seen};
}

/// The Event usually arrives before the containers have ended. When it is late,
/// it changes what the end of the pod means.
void observed_objects::on_eviction(const warning_seen& warning, timestamp now) {
  if (evictions.size() >= warnings_limit)
    evictions.erase(evictions.begin());
  evictions[warning.about_uid] = {
      json::clean_text(warning.message, warning_limit), warning.last_seen};
  auto at = pods.find(warning.about_uid);
  if (at != pods.end() && !at->second.is_lost())
    mark_evicted(at->second, now);
}

/// Marks the pod as lost if an eviction has cut Locust short.
void observed_objects::mark_evicted(observed_pod& pod, timestamp now) {
  auto eviction = evictions.find(pod.uid);
  if (eviction == evictions.end() ||
      (pod.finished_at && *pod.finished_at < eviction->second.last_seen))
    return;
  pod.trouble = pod_trouble{trouble_kind::pod_lost,
                            "Evicted: " + eviction->second.message};
  pod.interrupted = true;
  pod.ended_by_itself = false;
  if (!pod.unhealthy_since)
    pod.unhealthy_since = now;
}

void observed_objects::on_gone_pod(const std::string& uid, bool was_seen_to_go,
                                   timestamp now) {
  auto at = pods.find(uid);
  if (at == pods.end())
    return;
  auto& known = at->second;
  if (job(known.job_uid) == nullptr) {
    pods.erase(at);
    return;
  }
  // Whether and how it ended still matters for the result of its Job.
  known.gone = true;
  known.locust_runs = false;
  bool over = known.end || known.phase == pod_phase::succeeded ||
              known.phase == pod_phase::failed;
  // A pod that is missing in a list may have ended before it was removed.
  if (was_seen_to_go && !over && !known.deleted_at)
    known.deleted_at = now;
  if (known.deleted_at && !known.unhealthy_since)
    known.unhealthy_since = now;
}

} // namespace locust
