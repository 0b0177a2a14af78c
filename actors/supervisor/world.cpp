#include "actors/supervisor/world.hpp"

#include "actors/supervisor/pod_health.hpp"
#include "protocol/json.hpp"

#include <algorithm>

namespace locust {

namespace {

using namespace std::chrono_literals;

/// A volume that cannot be mounted may just be slow; so long into a pod's life
/// it is trouble. A ConfigMap or Secret that is missing is at once.
constexpr auto slow_mount_limit = 30s;

/// Bytes of an Event's text that are kept.
constexpr size_t warning_limit = 1024;

/// Past Jobs that are remembered; a run has two, a recovery adds one.
constexpr size_t past_jobs_limit = 8;

size_t index(child_kind child) {
  return static_cast<size_t>(child);
}

bool is_older(const std::string& version, const std::string& than) {
  return compare_resource_versions(version, than) == std::strong_ordering::less;
}

bool names_missing_object(const std::string& message) {
  bool object = message.find("configmap") != std::string::npos ||
                message.find("secret") != std::string::npos;
  return object && message.find("not found") != std::string::npos;
}

const container_seen* locust_container(const pod_seen& pod) {
  auto at = std::find_if(pod.containers.begin(), pod.containers.end(),
                         [](const auto& c) { return !c.init; });
  return at == pod.containers.end() ? nullptr : &*at;
}

} // namespace

void world::see(const observation& what, timestamp now) {
  if (const auto* there = std::get_if<present>(&what)) {
    if (const auto* service = std::get_if<service_seen>(there->object.get()))
      see_present(*service);
    else if (const auto* job = std::get_if<job_seen>(there->object.get()))
      see_present(*job, now);
    else if (const auto* pod = std::get_if<pod_seen>(there->object.get()))
      see_present(*pod, now);
    else if (const auto* warning =
                 std::get_if<warning_seen>(there->object.get()))
      see_present(*warning);
  } else if (const auto* absent = std::get_if<gone>(&what)) {
    see_gone(*absent, now);
  } else {
    see_listed(std::get<locust::listed>(what));
  }
}

void world::see(const child_result& answer) {
  using outcome = child_result::outcome;
  if (answer.what == outcome::created || answer.what == outcome::adopted)
    keep(answer.child,
         {answer.uid, answer.resource_version, answer.deleting, false});
}

void world::see(const load_sample& sample, int32_t on_record) {
  load.latest = sample;
  if (!sample.reachable)
    return;
  load.reached_at = sample.at;
  if (sample.workers >= on_record)
    load.fewer_since.reset();
  else if (!load.fewer_since)
    load.fewer_since = sample.at;
}

bool world::listed(watched_kind kind) const {
  return (listed_ & (1U << static_cast<unsigned>(kind))) != 0;
}

const pod_sight* world::newest_pod_of(const std::string& job_uid) const {
  const pod_sight* newest = nullptr;
  for (const auto& [uid, pod] : pods)
    if (!job_uid.empty() && pod.job_uid == job_uid &&
        (newest == nullptr || pod.created >= newest->created))
      newest = &pod;
  return newest;
}

const job_sight* world::job(const std::string& uid) const {
  auto at = jobs.find(uid);
  return at == jobs.end() ? nullptr : &at->second;
}

void world::shrink() {
  jobs.clear();
  pods.clear();
  warnings.clear();
  load = {};
  master_runs_since.reset();
  fewer_ready_since.reset();
  spec.test_files.clear();
}

void world::see_present(const service_seen& service) {
  keep(child_kind::master_service,
       {service.uid, service.resource_version, service.deleting, true});
}

void world::see_present(const job_seen& job, timestamp now) {
  auto child =
      job.key.name == child_name(test->key.name, child_kind::worker_job)
          ? child_kind::worker_job
          : child_kind::master_job;
  keep(child, {job.uid, job.resource_version, job.deleting, true});
  if (!job.owner || job.owner->uid != test->uid)
    return;
  auto& slot = jobs[job.uid];
  if (!slot.job.uid.empty() &&
      is_older(job.resource_version, slot.job.resource_version))
    return;
  if (child == child_kind::worker_job) {
    if (job.ready > slot.job.ready)
      fewer_ready_since.reset();
    else if (job.ready < slot.job.ready && !fewer_ready_since)
      fewer_ready_since = now;
  }
  slot.job = job;
  if (job.verdict != job_verdict::none && !slot.verdict_at)
    slot.verdict_at = now;
  while (jobs.size() > past_jobs_limit)
    jobs.erase(std::find_if(jobs.begin(), jobs.end(), [&](const auto& entry) {
      return entry.first != job.uid;
    }));
}

void world::see_present(const pod_seen& pod, timestamp now) {
  if (!pod.owner)
    return;
  bool is_master =
      pod.role_name == child_name(test->key.name, child_kind::master_job);
  auto& sight = pods[pod.uid];
  sight.name = pod.key.name;
  sight.job_uid = pod.owner->uid;
  sight.node = pod.node;
  sight.ip = pod.ip;
  sight.created = pod.created;
  sight.phase = pod.phase;
  sight.deleting = pod.deleting;
  sight.trouble = examine(pod, is_master, spec.test_files);
  const auto* locust = locust_container(pod);
  bool runs = locust != nullptr && locust->running;
  if (is_master && runs && !sight.locust_runs)
    master_runs_since = now;
  sight.locust_runs = runs;
  if (locust != nullptr && locust->exit_code)
    sight.end = container_end{*locust->exit_code, locust->exit_reason,
                              json::clean_text(locust->exit_message, 512)};
}

void world::see_present(const warning_seen& warning) {
  // A pod gets several while it waits; the latest one counts.
  if (warning.about_kind == "Pod") {
    auto pod = pods.find(warning.about_uid);
    bool lasting = pod != pods.end() &&
                   warning.last_seen - pod->second.created >= slow_mount_limit;
    if (!lasting && !names_missing_object(warning.message))
      return;
  }
  warnings[warning.about_uid] =
      json::clean_text(warning.message, warning_limit);
}

void world::see_gone(const gone& what, timestamp now) {
  if (what.last) {
    if (const auto* job = std::get_if<job_seen>(what.last.get()))
      see_present(*job, now);
    else if (const auto* pod = std::get_if<pod_seen>(what.last.get()))
      see_present(*pod, now);
  }
  for (auto child : {child_kind::master_service, child_kind::master_job,
                     child_kind::worker_job}) {
    auto& sight = children[index(child)];
    if (sight && sight->uid == what.uid)
      sight.reset();
    bool is_service = child == child_kind::master_service;
    if (is_service == (what.kind == watched_kind::services) &&
        what.key.name == child_name(test->key.name, child))
      vanished_at[index(child)] = now;
  }
  auto job = jobs.find(what.uid);
  // Its last state is not known, so neither is whether it had come to an end.
  if (job != jobs.end() && !what.last &&
      job->second.job.verdict == job_verdict::none)
    jobs.erase(job);
  auto pod = pods.find(what.uid);
  if (pod == pods.end())
    return;
  auto& sight = pod->second;
  bool of_this_run =
      std::any_of(children.begin(), children.end(), [&](const auto& child) {
        return child && child->uid == sight.job_uid;
      });
  if (!of_this_run) {
    pods.erase(pod);
    return;
  }
  // How it ended, or that it did not, still matters to its Job's verdict.
  sight.locust_runs = false;
  sight.lost = !sight.end && sight.phase != pod_phase::succeeded &&
               sight.phase != pod_phase::failed;
}

void world::see_listed(const locust::listed& what) {
  listed_ |= 1U << static_cast<unsigned>(what.kind);
  if (what.kind != watched_kind::services && what.kind != watched_kind::jobs)
    return;
  // A child that only an answer told of, and that a later list lacks, came and
  // went between two watches.
  for (auto child : {child_kind::master_service, child_kind::master_job,
                     child_kind::worker_job}) {
    bool is_service = child == child_kind::master_service;
    auto& sight = children[index(child)];
    if (is_service == (what.kind == watched_kind::services) && sight &&
        !sight->watched &&
        is_older(sight->resource_version, what.resource_version))
      sight.reset();
  }
}

void world::keep(child_kind child, child_sight sight) {
  auto& slot = children[index(child)];
  if (slot && is_older(sight.resource_version, slot->resource_version))
    return;
  if (slot && slot->uid == sight.uid)
    sight.watched = sight.watched || slot->watched;
  slot = std::move(sight);
}

} // namespace locust
