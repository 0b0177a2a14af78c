#include "actors/supervisor/observed_objects.hpp"

#include "actors/resource_builder/create_outcome.hpp"
#include "actors/supervisor/pod_health.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <array>

namespace locust {

namespace {

using namespace std::chrono_literals;

/// A volume that cannot be mounted may be slow; after this time in the life of
/// a pod it counts as a problem. A missing ConfigMap or Secret counts at once.
constexpr auto slow_mount_limit = 30s;

/// Maximum length of the text of an Event, in bytes.
constexpr size_t warning_limit = 1024;

/// Maximum number of past Jobs; a run has two, a recovery adds one.
constexpr size_t past_jobs_limit = 8;

/// Maximum number of warnings; each of 500 worker pods may have one.
constexpr size_t warnings_limit = 600;

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

/// Returns the owner as a NameConflict names it.
std::string other_owner(const locust_test& test,
                        const std::optional<owner_reference>& of) {
  if (!of)
    return "nobody (it has no owner reference)";
  return is_owner(test, of) ? std::string() : owner_in_words(of);
}

bool names_missing_object(const std::string& message) {
  bool object = message.find("configmap") != std::string::npos ||
                message.find("secret") != std::string::npos;
  return object && message.find("not found") != std::string::npos;
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

void observed_objects::observe(const observation& what, timestamp now) {
  if (const auto* there = std::get_if<present>(&what)) {
    if (const auto* service = std::get_if<service_seen>(there->object.get()))
      on_present(*service);
    else if (const auto* job = std::get_if<job_seen>(there->object.get()))
      on_present(*job, now);
    else if (const auto* pod = std::get_if<pod_seen>(there->object.get()))
      on_present(*pod, now);
    else if (const auto* warning =
                 std::get_if<warning_seen>(there->object.get()))
      on_present(*warning);
  } else if (const auto* absent = std::get_if<gone>(&what)) {
    on_gone(*absent, now);
  } else {
    on_listed(std::get<locust::listed>(what), now);
  }
}

void observed_objects::observe(const child_result& answer) {
  using outcome = child_result::outcome;
  bool exists =
      answer.what == outcome::created || answer.what == outcome::adopted;
  if (exists && !is_outdated(answer))
    keep(answer.child,
         {answer.uid, answer.resource_version, answer.deleting, false, true});
}

void observed_objects::observe(const load_sample& sample, int32_t on_record) {
  if (master_runs_since && sample.at < *master_runs_since)
    return; // a sample of the previous master
  load.latest = sample;
  if (!sample.reachable)
    return;
  load.reached_at = sample.at;
  if (sample.workers >= on_record)
    load.fewer_since.reset();
  else if (!load.fewer_since)
    load.fewer_since = sample.at;
}

bool observed_objects::listed(watched_kind kind) const {
  return lists_[kind].has_value();
}

bool observed_objects::knows_children() const {
  return listed(watched_kind::services) && listed(watched_kind::jobs) &&
         listed(watched_kind::pods);
}

std::optional<timestamp>
observed_objects::absent_since(child_kind child) const {
  const auto& list = lists_[row_of(child).watch];
  if (children[child] || !list)
    return std::nullopt;
  return std::max(list->first_at, vanished_at[child].value_or(list->first_at));
}

void observed_objects::await_until(timestamp due) {
  awaited_until_ = due;
}

std::optional<timestamp> observed_objects::awaited_until(child_kind child,
                                                         const std::string& uid,
                                                         timestamp now) const {
  const auto& known = children[child];
  bool seen = (known && known->uid == uid) || job(uid) != nullptr ||
              departed_[child].uid == uid;
  if (seen || !awaited_until_ || now >= *awaited_until_)
    return std::nullopt;
  return awaited_until_;
}

const observed_pod*
observed_objects::newest_pod_of(const std::string& job_uid) const {
  const observed_pod* newest = nullptr;
  for (const auto& [uid, pod] : pods)
    if (!job_uid.empty() && pod.job_uid == job_uid &&
        (newest == nullptr || pod.created >= newest->created))
      newest = &pod;
  return newest;
}

const observed_job* observed_objects::job(const std::string& uid) const {
  auto at = jobs.find(uid);
  return at == jobs.end() ? nullptr : &at->second;
}

void observed_objects::shrink() {
  jobs.clear();
  pods.clear();
  warnings.clear();
  load = {};
  master_runs_since.reset();
  fewer_ready_since.reset();
  spec.test_files.clear();
}

void observed_objects::on_present(const service_seen& service) {
  keep(child_kind::master_service,
       {service.uid, service.resource_version, service.deleting, true,
        is_owner(*test, service.owner), other_owner(*test, service.owner)});
}

void observed_objects::on_present(const job_seen& job, timestamp now) {
  auto child = child_named(job.key.name, watched_kind::jobs, test->key.name);
  if (!child)
    return;
  // One that loses its owner reference during the run still decides it.
  keep(*child, {job.uid, job.resource_version, job.deleting, true,
                is_owner(*test, job.owner), other_owner(*test, job.owner)});
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

void observed_objects::on_present(const pod_seen& pod, timestamp now) {
  if (!pod.owner)
    return;
  bool is_master =
      pod.role_name == child_name(test->key.name, child_kind::master_job);
  auto& known = pods[pod.uid];
  if (is_older(pod.resource_version, known.resource_version))
    return;
  if (known.name.empty())
    known.first_seen_at = now;
  known.seen_at = now;
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
  if (locust != nullptr && locust->exit_code) {
    known.ended_by_itself |= !known.end && !pod.deleting;
    if (!known.end)
      known.ended_at = now;
    known.end = container_end{*locust->exit_code, locust->exit_reason,
                              json::clean_text(locust->exit_message, 512)};
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

void observed_objects::on_gone(const gone& what, timestamp now) {
  if (what.last) {
    if (const auto* job = std::get_if<job_seen>(what.last.get()))
      on_present(*job, now);
    else if (const auto* pod = std::get_if<pod_seen>(what.last.get()))
      on_present(*pod, now);
  }
  for (const auto& row : child_rows) {
    auto& known = children[row.kind];
    if (known && known->uid == what.uid)
      known.reset();
    if (row.watch == what.kind &&
        what.key.name == child_name(test->key.name, row.kind)) {
      vanished_at[row.kind] = now;
      departed_[row.kind] = {what.uid, what.last ? version_of(*what.last) : ""};
    }
  }
  if (what.kind == watched_kind::pods)
    on_gone_pod(what.uid, what.last != nullptr, now);
  warnings.erase(what.uid);
  auto job = jobs.find(what.uid);
  // Its last state is unknown, so it is unknown whether it had finished.
  if (job != jobs.end() && !what.last &&
      job->second.job.verdict == job_verdict::none)
    forget_job(what.uid);
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

void observed_objects::on_listed(const locust::listed& what, timestamp now) {
  auto& list = lists_[what.kind];
  if (!list)
    list = listing{now, {}};
  list->resource_version = what.resource_version;
  // A child that is known from an answer only, and is missing in a later list,
  // was created and deleted between two watches.
  for (const auto& row : child_rows) {
    auto& known = children[row.kind];
    if (row.watch == what.kind && known && !known->watched &&
        is_older(known->resource_version, what.resource_version))
      known.reset();
  }
}

/// Whether the watch already reported the deletion of the object in a late
/// answer.
bool observed_objects::is_outdated(const child_result& answer) const {
  const auto& known = children[answer.child];
  if (known && known->uid == answer.uid)
    return false;
  const auto& gone = departed_[answer.child];
  bool was_made = answer.what == child_result::outcome::created;
  if (gone.uid == answer.uid &&
      (gone.resource_version.empty()
           ? was_made
           : is_older(answer.resource_version, gone.resource_version)))
    return true;
  // A list newer than the object would contain it. An object that was found may
  // be older than any list, if its labels exclude it from the lists.
  const auto& list = lists_[row_of(answer.child).watch];
  return was_made && list &&
         is_older(answer.resource_version, list->resource_version);
}

void observed_objects::keep(child_kind child, observed_child known) {
  auto& slot = children[child];
  if (slot && is_older(known.resource_version, slot->resource_version))
    return;
  if (slot && slot->uid == known.uid)
    known.watched = known.watched || slot->watched;
  slot = std::move(known);
}

/// Keeps all existing Jobs, and `but`.
void observed_objects::forget_past_jobs(const std::string& but) {
  auto is_past = [&](const std::string& uid) {
    return uid != but &&
           std::none_of(children.begin(), children.end(),
                        [&](const auto& c) { return c && c->uid == uid; });
  };
  while (jobs.size() > past_jobs_limit) {
    const job_seen* oldest = nullptr;
    for (const auto& [uid, known] : jobs)
      if (is_past(uid) &&
          (oldest == nullptr || known.job.created < oldest->created))
        oldest = &known.job;
    if (oldest == nullptr)
      return;
    forget_job(std::string(oldest->uid));
  }
}

void observed_objects::forget_job(const std::string& uid) {
  jobs.erase(uid);
  std::erase_if(pods, [&](const auto& entry) {
    return entry.second.gone && entry.second.job_uid == uid;
  });
}

} // namespace locust
