#include "test/simulation/cluster.hpp"

#include <algorithm>
#include <utility>

// The Job controller's, the TTL controller's and the garbage collector's part
// of the cluster.

namespace locust::simulation {

namespace {

/// What the API server makes of `generateName`.
std::string generated_name(const std::string& job, uint64_t number) {
  constexpr size_t longest_prefix = 58;
  auto suffix = std::to_string(number);
  return (job + '-').substr(0, longest_prefix) +
         std::string(5 - std::min<size_t>(5, suffix.size()), 'x') + suffix;
}

} // namespace

master_life* cluster::life_of(const std::string& job_uid) {
  for (auto& life : masters_)
    if (life.uid == job_uid)
      return &life;
  return nullptr;
}

void cluster::sync_soon(const std::string& job_name) {
  auto at = jobs_.find(job_name);
  if (at == jobs_.end() || at->second.syncing)
    return;
  at->second.syncing = true;
  time_.in(dice_.between(10ms, 300ms), [this, job_name] { sync(job_name); });
}

void cluster::sync(const std::string& job_name) {
  auto at = jobs_.find(job_name);
  if (at == jobs_.end())
    return;
  auto& j = at->second;
  j.syncing = false;
  if (j.seen.deleting || j.seen.verdict != job_verdict::none)
    return;
  auto before = j.seen;
  if (std::exchange(j.shows_suspended, j.suspended) && !j.suspended)
    j.seen.resumed_at = time_.now();
  j.seen.suspended = j.suspended;
  if (j.suspended)
    withdraw_pods(j);
  else
    make_pods(j);
  judge(j);
  if (!(before == j.seen))
    show(j);
  if (before.verdict == j.seen.verdict)
    return;
  if (auto* life = life_of(j.seen.uid)) {
    life->verdict = j.seen.verdict;
    life->verdict_at = time_.now();
  } else if (j.seen.verdict == job_verdict::failed) {
    workers_failed_at_ = time_.now();
  }
  if (j.seen.ttl_seconds)
    time_.in(std::chrono::seconds(*j.seen.ttl_seconds) +
                 dice_.between(1ms, 200ms),
             [this, job_name, uid = j.seen.uid] { remove_job(job_name, uid); });
}

void cluster::make_pods(job& j) {
  bool master = life_of(j.seen.uid) != nullptr;
  int there = 0;
  for (const auto& [uid, p] : pods_)
    there += p.seen.owner->uid == j.seen.uid && !p.withdrawn ? 1 : 0;
  if (there > 0 || j.seen.ending)
    return; // backoffLimit 0: a pod is not replaced
  if (!pods_allowed) {
    warn("Job", j.seen.key.name, j.seen.uid,
         "pods are forbidden: exceeded quota");
    time_.in(5s, [this, name = j.seen.key.name] { sync_soon(name); });
    return;
  }
  for (int i = 0; i < j.pods; ++i) {
    pod p;
    p.what = master ? plan_.master : i == 0 ? plan_.worker : fate::runs;
    p.seen.uid = next_uid(master ? "pod-m" : "pod-w");
    p.seen.key = {test_namespace, generated_name(j.seen.key.name, uids_)};
    p.seen.owner =
        owner_reference{"batch/v1", "Job", j.seen.key.name, j.seen.uid};
    p.seen.role_name = j.seen.key.name;
    p.seen.created = time_.now();
    p.seen.phase = pod_phase::pending;
    p.seen.containers = j.containers;
    auto uid = p.seen.uid;
    show(pods_[uid] = std::move(p));
    time_.in(dice_.between(300ms, 3s), [this, uid] { start(uid); });
  }
}

void cluster::leave_worker(duration how_long) {
  pod p;
  auto job_name = name_of(child_kind::worker_job);
  p.seen.uid = next_uid("pod-earlier");
  p.seen.key = {test_namespace, generated_name(job_name, uids_)};
  p.seen.owner =
      owner_reference{"batch/v1", "Job", job_name, "uid-earlier-workers"};
  p.seen.role_name = job_name;
  p.seen.created = time_.now();
  p.seen.phase = pod_phase::running;
  p.seen.deleting = true;
  p.seen.containers.resize(1);
  p.seen.containers.back().name = job_name;
  p.seen.containers.back().running = true;
  has_earlier_worker_ = true;
  auto uid = p.seen.uid;
  show(pods_[uid] = std::move(p));
  time_.in(how_long, [this, uid] {
    auto at = pods_.find(uid);
    at->second.seen.resource_version = next_version();
    auto last = std::make_shared<const seen_object>(at->second.seen);
    pods_.erase(at);
    has_earlier_worker_ = false;
    remove(watched_kind::pods, last);
  });
}

/// A suspended Job has no pods; those that it had do not count for its verdict.
void cluster::withdraw_pods(job& j) {
  for (auto& [uid, p] : pods_) {
    bool over = p.seen.phase == pod_phase::failed ||
                p.seen.phase == pod_phase::succeeded;
    if (p.seen.owner->uid != j.seen.uid || p.withdrawn || over)
      continue;
    p.withdrawn = true;
    kill(uid);
  }
}

bool cluster::suspend(child_kind child) {
  auto at = jobs_.find(name_of(child));
  if (at == jobs_.end() || at->second.suspended ||
      at->second.seen.verdict != job_verdict::none)
    return false;
  const auto* life = life_of(at->second.seen.uid);
  if (life != nullptr && life->exit_code)
    return false; // only containers of others are left
  suspend(at->second);
  return true;
}

void cluster::suspend(job& j) {
  j.suspended = true;
  suspended_.insert(j.seen.uid);
  // What was taken before would be taken now.
  for (auto& lost : taken_)
    lost.missed = lost.missed && lost.job_uid != j.seen.uid;
  show(j);
  sync_soon(j.seen.key.name);
}

void cluster::suspend_for_good(std::string_view name) {
  auto at = jobs_.find(std::string(name));
  if (at == jobs_.end() || std::exchange(at->second.for_good, true))
    return;
  if (at->second.seen.verdict == job_verdict::none)
    suspend(at->second);
}

bool cluster::holds_jobs() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const auto& entry) {
    return entry.second.suspended && !entry.second.for_good;
  });
}

bool cluster::may_make_load() const {
  auto has_locust = [](const pod& p, auto holds) {
    return std::any_of(
        p.seen.containers.begin(), p.seen.containers.end(),
        [&](const auto& c) { return c.name == p.seen.role_name && holds(c); });
  };
  return std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& entry) {
    const auto& [name, j] = entry;
    // A person who suspends and resumes a Job after the end gets new pods.
    if (j.suspended || j.seen.resumed_at || j.seen.deleting ||
        j.seen.verdict != job_verdict::none)
      return false;
    bool runs = false;
    for (const auto& [uid, p] : pods_) {
      if (p.seen.owner->uid != j.seen.uid || p.withdrawn)
        continue;
      if (has_locust(p, [](const auto& c) { return c.exit_code.has_value(); }))
        return false;
      runs |= has_locust(p, [](const auto& c) { return c.running; });
    }
    return runs;
  });
}

bool cluster::resume() {
  bool any = false;
  for (auto& [name, j] : jobs_)
    if (!j.for_good && std::exchange(j.suspended, false)) {
      any = true;
      show(j);
      sync_soon(name);
    }
  return any;
}

void cluster::judge(job& j) {
  int active = 0;
  int ready = 0;
  bool failed = false;
  bool succeeded = false;
  for (auto& [uid, p] : pods_) {
    if (p.seen.owner->uid != j.seen.uid || p.withdrawn)
      continue;
    bool over = p.seen.phase == pod_phase::failed ||
                p.seen.phase == pod_phase::succeeded;
    active += over || p.seen.deleting ? 0 : 1;
    ready += p.ready && !p.seen.deleting ? 1 : 0;
    failed |= p.seen.phase == pod_phase::failed;
    succeeded |= p.seen.phase == pod_phase::succeeded;
  }
  j.seen.active = active;
  j.seen.ready = ready;
  if (failed) {
    j.seen.ending = true;
    for (auto& [uid, p] : pods_)
      if (p.seen.owner->uid == j.seen.uid)
        kill(uid);
  }
  if (active > 0 || !(failed || succeeded))
    return;
  j.seen.verdict = failed ? job_verdict::failed : job_verdict::complete;
  if (failed) {
    j.seen.failure_reason = "BackoffLimitExceeded";
    j.seen.failure_message = "Job has reached the specified backoff limit";
  }
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): both may be of the Job.
void cluster::remove_job(std::string name, std::string uid) {
  auto at = jobs_.find(name);
  if (at == jobs_.end() || at->second.seen.uid != uid)
    return;
  at->second.seen.resource_version = next_version();
  auto last = std::make_shared<const seen_object>(at->second.seen);
  jobs_.erase(at);
  remove(watched_kind::jobs, last);
  time_.in(dice_.between(50ms, 500ms), [this, uid] { collect_pods(uid); });
}

void cluster::collect_pods(const std::string& job_uid) {
  for (auto& [uid, p] : pods_)
    if (p.seen.owner->uid == job_uid)
      kill(uid);
}

void cluster::collect_children() {
  std::vector<std::string> owned;
  if (service_ && service_->owner && service_->owner->uid == test_uid)
    owned.push_back(service_->uid);
  for (const auto& [name, j] : jobs_)
    if (j.seen.owner && j.seen.owner->uid == test_uid)
      owned.push_back(j.seen.uid);
  for (const auto& uid : owned)
    time_.in(dice_.between(5ms, 2s), [this, uid] { collect(uid); });
}

void cluster::collect(const std::string& child_uid) {
  collected_.insert(child_uid);
  if (service_ && service_->uid == child_uid)
    remove_service();
  for (const auto& [name, j] : jobs_)
    if (j.seen.uid == child_uid) {
      remove_job(name, child_uid);
      return;
    }
}

bool cluster::delete_job(child_kind child, bool foreground) {
  auto name = name_of(child);
  auto at = jobs_.find(name);
  if (at == jobs_.end() || !at->second.seen.owner ||
      at->second.seen.owner->uid != test_uid || at->second.seen.deleting)
    return false;
  auto& j = at->second;
  if (auto* life = life_of(j.seen.uid))
    life->job_deleted = true;
  if (!foreground) {
    remove_job(name, j.seen.uid);
    return true;
  }
  j.seen.deleting = true;
  j.foreground = true;
  show(j);
  collect_pods(j.seen.uid);
  // Pods are gone after 2 s at the latest.
  time_.in(dice_.between(2100ms, 4s),
           [this, name, uid = j.seen.uid] { remove_job(name, uid); });
  return true;
}

} // namespace locust::simulation
