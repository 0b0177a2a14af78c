#include "actors/supervisor/world.hpp"

#include "actors/supervisor/pod_health.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <array>

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

/// Warnings that are remembered; each of 500 worker pods may have one.
constexpr size_t warnings_limit = 600;

constexpr std::array<child_kind, child_count> all_children = {
    child_kind::master_service, child_kind::master_job, child_kind::worker_job};

size_t index(child_kind child) {
  return static_cast<size_t>(child);
}

watched_kind kind_of(child_kind child) {
  return child == child_kind::master_service ? watched_kind::services
                                             : watched_kind::jobs;
}

const std::string& version_of(const seen_object& object) {
  return std::visit(
      [](const auto& o) -> const std::string& { return o.resource_version; },
      object);
}

bool is_older(const std::string& version, const std::string& than) {
  return compare_resource_versions(version, than) == std::strong_ordering::less;
}

bool is_owner(const locust_test& test,
              const std::optional<owner_reference>& of) {
  return of && of->uid == test.uid;
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

/// What ails the pod now. `before` is how it was seen last.
std::optional<pod_trouble> trouble_of(const pod_sight& before,
                                      const pod_seen& pod, bool is_master,
                                      const std::string& test_files) {
  auto found = examine(pod, is_master, test_files);
  bool taken = found && found->kind == trouble_kind::pod_lost;
  // Once Locust has ended, the run does not need the pod any more.
  if (taken && before.end && !before.is_lost())
    return before.trouble;
  // An eviction may be called off, a node come back; then the pod runs on.
  bool runs_on = pod.phase == pod_phase::running && !pod.deleting;
  return before.is_lost() && !taken && !runs_on ? before.trouble : found;
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
    see_listed(std::get<locust::listed>(what), now);
  }
}

void world::see(const child_result& answer) {
  using outcome = child_result::outcome;
  bool exists =
      answer.what == outcome::created || answer.what == outcome::adopted;
  if (exists && !is_outdated(answer))
    keep(answer.child,
         {answer.uid, answer.resource_version, answer.deleting, false, true});
}

void world::see(const load_sample& sample, int32_t on_record) {
  if (master_runs_since && sample.at < *master_runs_since)
    return; // of the master before
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
  return lists_[static_cast<size_t>(kind)].has_value();
}

bool world::knows_children() const {
  return listed(watched_kind::services) && listed(watched_kind::jobs) &&
         listed(watched_kind::pods);
}

std::optional<timestamp> world::absent_since(child_kind child) const {
  const auto& list = lists_[static_cast<size_t>(kind_of(child))];
  if (children[index(child)] || !list)
    return std::nullopt;
  return std::max(list->first_at,
                  vanished_at[index(child)].value_or(list->first_at));
}

void world::await_until(timestamp due) {
  awaited_until_ = due;
}

std::optional<timestamp> world::awaited_until(child_kind child,
                                              const std::string& uid,
                                              timestamp now) const {
  const auto& sight = children[index(child)];
  bool seen = (sight && sight->uid == uid) || job(uid) != nullptr ||
              departed_[index(child)].uid == uid;
  if (seen || !awaited_until_ || now >= *awaited_until_)
    return std::nullopt;
  return awaited_until_;
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
       {service.uid, service.resource_version, service.deleting, true,
        is_owner(*test, service.owner)});
}

void world::see_present(const job_seen& job, timestamp now) {
  auto child =
      job.key.name == child_name(test->key.name, child_kind::worker_job)
          ? child_kind::worker_job
          : child_kind::master_job;
  bool ours = is_owner(*test, job.owner);
  keep(child, {job.uid, job.resource_version, job.deleting, true, ours});
  if (!ours)
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
  forget_past_jobs(job.uid);
}

void world::see_present(const pod_seen& pod, timestamp now) {
  if (!pod.owner)
    return;
  bool is_master =
      pod.role_name == child_name(test->key.name, child_kind::master_job);
  auto& sight = pods[pod.uid];
  if (is_older(pod.resource_version, sight.resource_version))
    return;
  sight.name = pod.key.name;
  sight.resource_version = pod.resource_version;
  sight.job_uid = pod.owner->uid;
  sight.node = pod.node;
  sight.ip = pod.ip;
  sight.created = pod.created;
  sight.phase = pod.phase;
  sight.deleting = pod.deleting;
  sight.trouble = trouble_of(sight, pod, is_master, spec.test_files);
  const auto* locust = locust_container(pod);
  bool ended = sight.end || (locust != nullptr && locust->exit_code);
  if (pod.deleting && !ended && !sight.deleted_at)
    sight.deleted_at = now;
  if (!sight.trouble && !sight.deleted_at)
    sight.unwell_since.reset();
  else if (!sight.unwell_since)
    sight.unwell_since = now;
  bool runs = locust != nullptr && locust->running;
  if (is_master && runs && !sight.locust_runs) {
    master_runs_since = now;
    load = {}; // the one before had other workers
  }
  sight.locust_runs = runs;
  if (locust != nullptr && locust->exit_code) {
    sight.ended_by_itself |= !sight.end && !pod.deleting;
    sight.end = container_end{*locust->exit_code, locust->exit_reason,
                              json::clean_text(locust->exit_message, 512)};
  }
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
  if (warnings.size() >= warnings_limit)
    warnings.erase(warnings.begin()); // a few of many: the kind shows anyway
  warnings[warning.about_uid] = {
      json::clean_text(warning.message, warning_limit), warning.last_seen};
}

void world::see_gone(const gone& what, timestamp now) {
  if (what.last) {
    if (const auto* job = std::get_if<job_seen>(what.last.get()))
      see_present(*job, now);
    else if (const auto* pod = std::get_if<pod_seen>(what.last.get()))
      see_present(*pod, now);
  }
  for (auto child : all_children) {
    auto& sight = children[index(child)];
    if (sight && sight->uid == what.uid)
      sight.reset();
    if (kind_of(child) == what.kind &&
        what.key.name == child_name(test->key.name, child)) {
      vanished_at[index(child)] = now;
      departed_[index(child)] = {what.uid,
                                 what.last ? version_of(*what.last) : ""};
    }
  }
  if (what.kind == watched_kind::pods)
    see_gone_pod(what.uid, what.last != nullptr, now);
  warnings.erase(what.uid);
  auto job = jobs.find(what.uid);
  // Its last state is not known, so neither is whether it had come to an end.
  if (job != jobs.end() && !what.last &&
      job->second.job.verdict == job_verdict::none)
    forget_job(what.uid);
}

void world::see_gone_pod(const std::string& uid, bool was_seen_to_go,
                         timestamp now) {
  auto at = pods.find(uid);
  if (at == pods.end())
    return;
  auto& sight = at->second;
  if (job(sight.job_uid) == nullptr) {
    pods.erase(at);
    return;
  }
  // How it ended, or that it did not, still matters to its Job's verdict.
  sight.gone = true;
  sight.locust_runs = false;
  bool over = sight.end || sight.phase == pod_phase::succeeded ||
              sight.phase == pod_phase::failed;
  // One that a list lacks may have ended before it went.
  if (was_seen_to_go && !over && !sight.deleted_at)
    sight.deleted_at = now;
  if (sight.deleted_at && !sight.unwell_since)
    sight.unwell_since = now;
}

void world::see_listed(const locust::listed& what, timestamp now) {
  auto& list = lists_[static_cast<size_t>(what.kind)];
  if (!list)
    list = listing{now, {}};
  list->resource_version = what.resource_version;
  // A child that only an answer told of, and that a later list lacks, came and
  // went between two watches.
  for (auto child : all_children) {
    auto& sight = children[index(child)];
    if (kind_of(child) == what.kind && sight && !sight->watched &&
        is_older(sight->resource_version, what.resource_version))
      sight.reset();
  }
}

/// Whether the watch has told already that the object of a late answer is gone.
bool world::is_outdated(const child_result& answer) const {
  const auto& sight = children[index(answer.child)];
  if (sight && sight->uid == answer.uid)
    return false;
  const auto& gone = departed_[index(answer.child)];
  bool was_made = answer.what == child_result::outcome::created;
  if (gone.uid == answer.uid &&
      (gone.resource_version.empty()
           ? was_made
           : is_older(answer.resource_version, gone.resource_version)))
    return true;
  // A list that is newer than the object would have shown it. What was found
  // may be older than any list, when its labels keep it out of them.
  const auto& list = lists_[static_cast<size_t>(kind_of(answer.child))];
  return was_made && list &&
         is_older(answer.resource_version, list->resource_version);
}

void world::keep(child_kind child, child_sight sight) {
  auto& slot = children[index(child)];
  if (slot && is_older(sight.resource_version, slot->resource_version))
    return;
  if (slot && slot->uid == sight.uid)
    sight.watched = sight.watched || slot->watched;
  slot = std::move(sight);
}

/// Those that exist stay, whatever their number; so does `but`.
void world::forget_past_jobs(const std::string& but) {
  auto is_past = [&](const std::string& uid) {
    return uid != but &&
           std::none_of(children.begin(), children.end(),
                        [&](const auto& c) { return c && c->uid == uid; });
  };
  while (jobs.size() > past_jobs_limit) {
    const job_seen* oldest = nullptr;
    for (const auto& [uid, sight] : jobs)
      if (is_past(uid) &&
          (oldest == nullptr || sight.job.created < oldest->created))
        oldest = &sight.job;
    if (oldest == nullptr)
      return;
    forget_job(std::string(oldest->uid));
  }
}

void world::forget_job(const std::string& uid) {
  jobs.erase(uid);
  std::erase_if(pods, [&](const auto& entry) {
    return entry.second.gone && entry.second.job_uid == uid;
  });
}

} // namespace locust
