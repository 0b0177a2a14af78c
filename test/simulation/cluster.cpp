#include "test/simulation/cluster.hpp"

namespace locust::simulation {

namespace {

owner_reference owner_test() {
  return {"locust.io/v2", "LocustTest", test_key.name, test_uid};
}

std::string name_of(child_kind child) {
  return child_name(test_key.name, child);
}

template <class T>
std::shared_ptr<const seen_object> shared(const T& object) {
  return std::make_shared<const seen_object>(object);
}

} // namespace

cluster::cluster(timeline& time, chance& dice, test_plan plan)
    : time_(time), dice_(dice), plan_(plan) {
  test_.key = test_key;
  test_.uid = test_uid;
  test_.generation = 1;
  test_.resource_version = next_version();
  test_.created = time.now();
}

std::string cluster::next_version() {
  return std::to_string(++version_);
}

std::string cluster::next_uid(const std::string& what) {
  return "uid-" + what + "-" + std::to_string(++uids_);
}

void cluster::change(watched_kind kind,
                     std::shared_ptr<const seen_object> object) {
  if (on_change)
    on_change({kind, present{std::move(object)}});
}

void cluster::remove(watched_kind kind,
                     std::shared_ptr<const seen_object> last) {
  if (on_change)
    on_change({kind, gone{kind, key_of(*last), uid_of(*last), last}});
}

void cluster::show(job& j) {
  j.seen.resource_version = next_version();
  change(watched_kind::jobs, shared(j.seen));
}

void cluster::show(pod& p) {
  p.seen.resource_version = next_version();
  change(watched_kind::pods, shared(p.seen));
}

void cluster::warn(const std::string& about_kind, const std::string& about_uid,
                   const std::string& message) {
  auto& w = warnings_[about_uid];
  w.key = {test_key.ns, about_uid + ".warning"};
  w.uid = "uid-warning-" + about_uid;
  w.about_kind = about_kind;
  w.about_uid = about_uid;
  w.message = message;
  w.last_seen = time_.now();
  w.resource_version = next_version();
  change(about_kind == "Pod" ? watched_kind::pod_warnings
                             : watched_kind::job_warnings,
         shared(w));
}

std::vector<std::shared_ptr<const seen_object>>
cluster::list(watched_kind kind) const {
  std::vector<std::shared_ptr<const seen_object>> all;
  if (kind == watched_kind::locust_tests && test_exists_)
    all.push_back(shared(test_));
  if (kind == watched_kind::services && service_)
    all.push_back(shared(*service_));
  if (kind == watched_kind::jobs)
    for (const auto& [name, j] : jobs_)
      all.push_back(shared(j.seen));
  if (kind == watched_kind::pods)
    for (const auto& [uid, p] : pods_)
      all.push_back(shared(p.seen));
  for (const auto& [uid, w] : warnings_)
    if (kind == (w.about_kind == "Pod" ? watched_kind::pod_warnings
                                       : watched_kind::job_warnings))
      all.push_back(shared(w));
  return all;
}

// -- what the operator may ask for --------------------------------------------

child_result cluster::answer(child_kind child,
                             child_result::outcome what) const {
  child_result result;
  result.child = child;
  result.what = what;
  result.name = name_of(child);
  return result;
}

child_result cluster::existing(child_kind child, const std::string& uid,
                               const std::optional<owner_reference>& owner,
                               const std::string& version,
                               bool deleting) const {
  using outcome = child_result::outcome;
  bool ours = owner && owner->uid == test_uid && !deleting;
  auto result = answer(child, ours ? outcome::adopted : outcome::conflict);
  result.uid = uid;
  result.resource_version = version;
  result.deleting = deleting;
  result.owner = owner ? owner->kind + ' ' + owner->name : "nobody";
  return result;
}

child_result cluster::create(child_kind child, const std::string& spec_hash) {
  using outcome = child_result::outcome;
  auto name = name_of(child);
  if (child == child_kind::master_service) {
    if (service_)
      return existing(child, service_->uid, service_->owner,
                      service_->resource_version, service_->deleting);
    service_.emplace();
    service_->key = {test_key.ns, name};
    service_->uid = next_uid("service");
    service_->owner = owner_test();
    service_->created = time_.now();
    service_->resource_version = next_version();
    change(watched_kind::services, shared(*service_));
    auto made = answer(child, outcome::created);
    made.uid = service_->uid;
    made.resource_version = service_->resource_version;
    return made;
  }
  if (!jobs_allowed) { // a quota speaks before anybody looks at the name
    auto refused = answer(child, outcome::refused);
    refused.status = 403;
    refused.message = "exceeded quota: jobs";
    return refused;
  }
  if (auto at = jobs_.find(name); at != jobs_.end()) {
    const auto& there = at->second.seen;
    return existing(child, there.uid, there.owner, there.resource_version,
                    there.deleting);
  }
  auto& j = jobs_[name];
  bool is_master = child == child_kind::master_job;
  j.seen.key = {test_key.ns, name};
  j.seen.uid = next_uid(is_master ? "master" : "workers");
  j.seen.owner = owner_test();
  j.seen.created = time_.now();
  j.seen.ttl_seconds = plan_.ttl;
  if (is_master)
    masters_.push_back({j.seen.uid, spec_hash, time_.now()});
  else
    worker_spec_ = spec_hash;
  show(j);
  sync_soon(name);
  auto made = answer(child, outcome::created);
  made.uid = j.seen.uid;
  made.resource_version = j.seen.resource_version;
  return made;
}

void cluster::touch_test() {
  test_.resource_version = next_version();
  if (test_exists_)
    change(watched_kind::locust_tests, shared(test_));
}

void cluster::release_finalizer() {
  if (!test_exists_ || !test_.deleting)
    return;
  test_exists_ = false;
  test_.resource_version = next_version();
  remove(watched_kind::locust_tests, shared(test_));
}

// -- what others do -----------------------------------------------------------

void cluster::delete_test(bool finalizer) {
  if (!test_exists_ || test_.deleting)
    return;
  test_.deleting = true;
  if (finalizer) {
    test_.finalizers = {"locust.io/cleanup"};
    touch_test();
  } else {
    release_finalizer();
  }
}

void cluster::leave_leftovers(duration how_long) {
  auto& j = jobs_[name_of(child_kind::master_job)];
  j.seen.key = {test_key.ns, name_of(child_kind::master_job)};
  j.seen.uid = next_uid("leftover");
  j.seen.owner = owner_test();
  j.seen.owner->uid = "uid-earlier-test";
  j.seen.deleting = true;
  show(j);
  time_.in(how_long, [this, name = j.seen.key.name, uid = j.seen.uid] {
    remove_job(name, uid);
  });
}

bool cluster::act(person_act what) {
  switch (what) {
  case person_act::delete_service:
  case person_act::remove_foreign_service: {
    bool ours = service_ && service_->owner.has_value();
    if (!service_ || ours != (what == person_act::delete_service))
      return false;
    service_->resource_version = next_version();
    auto last = shared(*service_);
    service_.reset();
    remove(watched_kind::services, last);
    return true;
  }
  case person_act::delete_master:
    return delete_job(child_kind::master_job, false);
  case person_act::delete_workers:
    return delete_job(child_kind::worker_job, false);
  case person_act::delete_master_in_foreground:
    return delete_job(child_kind::master_job, true);
  case person_act::delete_workers_in_foreground:
    return delete_job(child_kind::worker_job, true);
  case person_act::delete_master_pod:
    return delete_pod(child_kind::master_job);
  case person_act::delete_worker_pod:
    return delete_pod(child_kind::worker_job);
  case person_act::edit_spec:
  case person_act::edit_spec_back:
    if (!test_exists_ || edited_ == (what == person_act::edit_spec))
      return false;
    edited_ = !edited_;
    ++test_.generation;
    touch_test();
    return true;
  case person_act::make_foreign_service:
    if (service_)
      return false;
    service_.emplace();
    service_->key = {test_key.ns, name_of(child_kind::master_service)};
    service_->uid = next_uid("foreign");
    service_->resource_version = next_version();
    change(watched_kind::services, shared(*service_));
    return true;
  }
  return false;
}

// -- the Job controller -------------------------------------------------------

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
  make_pods(j);
  judge(j);
  if (!(before == j.seen))
    show(j);
  if (before.verdict == j.seen.verdict)
    return;
  if (auto* life = life_of(j.seen.uid))
    life->verdict = j.seen.verdict;
  if (j.seen.ttl_seconds)
    time_.in(std::chrono::seconds(*j.seen.ttl_seconds) +
                 dice_.between(1ms, 200ms),
             [this, job_name, uid = j.seen.uid] { remove_job(job_name, uid); });
}

void cluster::make_pods(job& j) {
  bool master = life_of(j.seen.uid) != nullptr;
  int wanted = master ? 1 : plan_.workers;
  int there = 0;
  for (const auto& [uid, p] : pods_)
    there += p.seen.owner->uid == j.seen.uid ? 1 : 0;
  if (there > 0 || j.seen.ending)
    return; // backoffLimit 0: a pod is not replaced
  if (!pods_allowed) {
    warn("Job", j.seen.uid, "pods are forbidden: exceeded quota");
    time_.in(5s, [this, name = j.seen.key.name] { sync_soon(name); });
    return;
  }
  for (int i = 0; i < wanted; ++i) {
    pod p;
    p.what = master ? plan_.master : i == 0 ? plan_.worker : fate::runs;
    p.seen.uid = next_uid(master ? "pod-m" : "pod-w");
    p.seen.key = {test_key.ns, p.seen.uid};
    p.seen.owner =
        owner_reference{"batch/v1", "Job", j.seen.key.name, j.seen.uid};
    p.seen.role_name = j.seen.key.name;
    p.seen.created = time_.now();
    p.seen.phase = pod_phase::pending;
    p.seen.containers.resize(1);
    p.seen.containers[0].name = "locust";
    auto uid = p.seen.uid;
    show(pods_[uid] = std::move(p));
    time_.in(dice_.between(300ms, 3s), [this, uid] { start(uid); });
  }
}

void cluster::judge(job& j) {
  int active = 0;
  int ready = 0;
  bool failed = false;
  bool succeeded = false;
  for (auto& [uid, p] : pods_) {
    if (p.seen.owner->uid != j.seen.uid)
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

void cluster::remove_job(std::string name, std::string uid) {
  auto at = jobs_.find(name);
  if (at == jobs_.end() || at->second.seen.uid != uid)
    return;
  at->second.seen.resource_version = next_version();
  auto last = shared(at->second.seen);
  jobs_.erase(at);
  remove(watched_kind::jobs, last);
  time_.in(dice_.between(50ms, 500ms), [this, uid] { collect_pods(uid); });
}

void cluster::collect_pods(const std::string& job_uid) {
  for (auto& [uid, p] : pods_)
    if (p.seen.owner->uid == job_uid)
      kill(uid);
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
