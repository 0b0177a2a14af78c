#include "actors/supervisor/observed_objects.hpp"

#include "actors/resource_builder/create_outcome.hpp"

#include <algorithm>
#include <array>

namespace locust {

namespace {

/// Maximum number of past Jobs; a run has two, a recovery adds one.
constexpr size_t past_jobs_limit = 8;

const std::string& version_of(const seen_object& object) {
  return std::visit(
      [](const auto& o) -> const std::string& { return o.resource_version; },
      object);
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
      warning->reason == "Evicted" ? on_eviction(*warning, now)
                                   : on_present(*warning);
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
  if (!load.listens_since && (sample.reachable || sample.listens))
    load.listens_since = sample.at;
  if (sample.reachable || !sample.listens || !sample.refused)
    load.refuses_since.reset();
  else if (!load.refuses_since)
    load.refuses_since = sample.at;
  if (!sample.reachable) {
    if (!load.silent_since)
      load.silent_since = sample.at;
    return;
  }
  load.silent_since.reset();
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

void observed_objects::shift(std::chrono::microseconds by) {
  auto move = [by](std::optional<timestamp>& at) {
    if (at)
      *at += by;
  };
  for (auto& at : vanished_at.values)
    move(at);
  for (auto& [uid, known] : jobs)
    move(known.verdict_at);
  for (auto& [uid, pod] : pods) {
    for (auto* at : {&pod.first_seen_at, &pod.seen_at, &pod.ended_at})
      *at += by;
    move(pod.deleted_at);
    move(pod.unhealthy_since);
  }
  if (load.latest)
    load.latest->at += by;
  for (auto* at : {&load.reached_at, &load.silent_since, &load.fewer_since,
                   &load.listens_since, &load.refuses_since, &master_runs_since,
                   &fewer_ready_since, &awaited_until_})
    move(*at);
  for (auto& list : lists_.values)
    if (list)
      list->first_at += by;
}

void observed_objects::shrink() {
  jobs.clear();
  pods.clear();
  warnings.clear();
  evictions.clear();
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
      is_older_version(job.resource_version, slot.job.resource_version))
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
        is_older_version(known->resource_version, what.resource_version))
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
           : is_older_version(answer.resource_version, gone.resource_version)))
    return true;
  // A list newer than the object would contain it. An object that was found may
  // be older than any list, if its labels exclude it from the lists.
  const auto& list = lists_[row_of(answer.child).watch];
  return was_made && list &&
         is_older_version(answer.resource_version, list->resource_version);
}

void observed_objects::keep(child_kind child, observed_child known) {
  auto& slot = children[child];
  if (slot && is_older_version(known.resource_version, slot->resource_version))
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
