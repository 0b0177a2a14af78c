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
  test_.spec = spec();
}

/// An edit changes the number of workers.
shared_text cluster::spec() const {
  return std::make_shared<const std::string>(
      std::string(R"({"master":{"command":"-f a.py)") +
      (plan_.headless ? " --headless" : "") +
      R"("},"testFiles":{"configMapRef":"scripts"},"worker":{"replicas":)" +
      std::to_string(edited_ ? plan_.workers - 1 : plan_.workers) + "}}");
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

child_result cluster::created(child_kind child, const std::string& uid,
                              const std::string& version) {
  ++created_[child];
  auto result = answer(child, child_result::outcome::created);
  result.uid = uid;
  result.resource_version = version;
  return result;
}

child_result cluster::create(child_kind child, const std::string& spec) {
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
    return created(child, service_->uid, service_->resource_version);
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
    masters_.push_back({j.seen.uid, spec, time_.now()});
  else
    worker_spec_ = spec;
  show(j);
  sync_soon(name);
  return created(child, j.seen.uid, j.seen.resource_version);
}

void cluster::store_status(shared_text document) {
  test_.status = std::move(document);
  touch_test();
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
    test_.spec = spec();
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

} // namespace locust::simulation
