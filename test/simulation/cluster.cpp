#include "test/simulation/cluster.hpp"

#include <algorithm>
#include <utility>

namespace locust::simulation {

namespace {

/// The controller that a manifest names.
std::optional<owner_reference> owner_in(const json::value& manifest) {
  const auto* owners = json::find(manifest, {"metadata", "ownerReferences"});
  if (owners == nullptr)
    return std::nullopt;
  const auto& first = (*owners)[0];
  return owner_reference{
      json::text_at(first, {"apiVersion"}), json::text_at(first, {"kind"}),
      json::text_at(first, {"name"}), json::text_at(first, {"uid"})};
}

template <class Seen>
cluster::existing existing_of(const Seen& seen) {
  return {seen.uid, seen.resource_version, seen.owner, seen.deleting};
}

container_seen container(std::string name) {
  container_seen made;
  made.name = std::move(name);
  return made;
}

/// The containers of the pods of this Job, as the kubelet lists them: those
/// that start first, then the others by name.
std::vector<container_seen> containers_of(const json::value& manifest,
                                          company others) {
  std::vector<container_seen> init;
  std::vector<container_seen> all;
  const auto* pod = json::find(manifest, {"spec", "template", "spec"});
  if (const auto* list = json::find(*pod, {"initContainers"}))
    for (const auto& each : list->GetArray()) {
      init.push_back(container(json::text_at(each, {"name"})));
      init.back().init = true;
      init.back().sidecar = json::text_at(each, {"restartPolicy"}) == "Always";
    }
  for (const auto& each : (*json::find(*pod, {"containers"})).GetArray())
    all.push_back(container(json::text_at(each, {"name"})));
  if (others == company::native) {
    init.push_back(container("istio-proxy"));
    init.back().init = init.back().sidecar = true;
  } else if (others != company::none) {
    all.push_back(container("istio-proxy"));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  init.insert(init.end(), all.begin(), all.end());
  return init;
}

template <class T>
std::shared_ptr<const seen_object> shared(const T& object) {
  return std::make_shared<const seen_object>(object);
}

} // namespace

cluster::cluster(timeline& time, chance& dice, test_plan plan)
    : time_(time), dice_(dice), plan_(plan) {
  test_.key = {test_namespace, plan_.name};
  test_.uid = test_uid;
  test_.generation = 1;
  test_.resource_version = next_version();
  test_.created = time.now();
  test_.spec = spec();
}

/// An edit changes the image and the number of workers.
shared_text cluster::spec() const {
  return std::make_shared<const std::string>(
      std::string(R"({"image":")") + (edited_ ? "edited" : "first") +
      R"(","master":{"command":"-f a.py)" +
      (plan_.headless && !plan_.hides_headless ? " --headless" : "") +
      R"("},"testFiles":{"configMapRef":"scripts"},)" +
      R"("worker":{"command":"-f a.py","replicas":)" +
      std::to_string(edited_ ? plan_.workers - 1 : plan_.workers) + "}}");
}

std::string cluster::name_of(child_kind child) const {
  return child_name(plan_.name, child);
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
  j.seen.suspended = j.suspended || j.shows_suspended;
  j.seen.resource_version = next_version();
  change(watched_kind::jobs, shared(j.seen));
}

void cluster::show(pod& p) {
  p.seen.resource_version = next_version();
  change(watched_kind::pods, shared(p.seen));
}

void cluster::warn(const std::string& about_kind, const std::string& about_name,
                   const std::string& about_uid, const std::string& message) {
  auto& w = warnings_[about_uid];
  w.key = {test_namespace, about_uid + ".warning"};
  w.uid = "uid-warning-" + about_uid;
  w.about_kind = about_kind;
  w.about_uid = about_uid;
  w.about_name = about_name;
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

// -- what the API server does for the operator --------------------------------

std::optional<cluster::existing>
cluster::find_service(std::string_view name) const {
  if (!service_ || service_->key.name != name)
    return std::nullopt;
  return existing_of(*service_);
}

std::optional<cluster::existing>
cluster::find_job(std::string_view name) const {
  auto at = jobs_.find(std::string(name));
  if (at == jobs_.end())
    return std::nullopt;
  return existing_of(at->second.seen);
}

cluster::existing cluster::create_service(const json::value& manifest) {
  ++created_[child_kind::master_service];
  service_.emplace();
  service_->key = {test_namespace,
                   json::text_at(manifest, {"metadata", "name"})};
  service_->uid = next_uid("service");
  service_->owner = owner_in(manifest);
  service_->created = time_.now();
  service_->resource_version = next_version();
  change(watched_kind::services, shared(*service_));
  if (!test_exists_)
    collect_children();
  return existing_of(*service_);
}

cluster::existing cluster::create_job(const json::value& manifest) {
  auto name = json::text_at(manifest, {"metadata", "name"});
  bool is_master = name == name_of(child_kind::master_job);
  ++created_[is_master ? child_kind::master_job : child_kind::worker_job];
  auto& j = jobs_[name];
  j.seen.key = {test_namespace, name};
  j.seen.uid = next_uid(is_master ? "master" : "workers");
  j.seen.owner = owner_in(manifest);
  j.seen.created = time_.now();
  if (auto ttl = json::int_at(manifest, {"spec", "ttlSecondsAfterFinished"}))
    j.seen.ttl_seconds = static_cast<int32_t>(*ttl);
  j.pods = static_cast<int>(*json::int_at(manifest, {"spec", "parallelism"}));
  j.containers = containers_of(manifest, plan_.others);
  const auto* containers =
      json::find(manifest, {"spec", "template", "spec", "containers"});
  auto image = json::text_at((*containers)[0], {"image"});
  if (is_master)
    masters_.push_back({j.seen.uid, image, time_.now()});
  else
    worker_spec_ = image;
  if (plan_.queued_for) {
    j.suspended = true;
    time_.in(*plan_.queued_for, [this] { resume(); });
  }
  show(j);
  sync_soon(name);
  if (!test_exists_)
    collect_children();
  return existing_of(j.seen);
}

void cluster::store_status(const std::string& document) {
  if (test_.status && *test_.status == document)
    return;
  test_.status = std::make_shared<const std::string>(document);
  touch_test();
}

void cluster::touch_test() {
  test_.resource_version = next_version();
  if (test_exists_)
    change(watched_kind::locust_tests, shared(test_));
}

void cluster::store_finalizers(std::vector<std::string> names) {
  test_.finalizers = std::move(names);
  if (!test_.deleting || !test_.finalizers.empty()) {
    touch_test();
    return;
  }
  test_exists_ = false;
  test_.resource_version = next_version();
  remove(watched_kind::locust_tests, shared(test_));
  collect_children();
}

// -- what others do -----------------------------------------------------------

void cluster::delete_test(deletion how) {
  if (!test_exists_ || test_.deleting)
    return;
  test_.deleting = true;
  if (how == deletion::background) {
    store_finalizers({});
    return;
  }
  bool held = how == deletion::held;
  test_.finalizers = {held ? "locust.io/cleanup" : "foregroundDeletion"};
  touch_test();
  if (held)
    return;
  collect_children();
  time_.in(2s, [this] { store_finalizers({}); });
}

void cluster::leave_leftovers(duration how_long) {
  auto& j = jobs_[name_of(child_kind::master_job)];
  j.seen.key = {test_namespace, name_of(child_kind::master_job)};
  j.seen.uid = next_uid("leftover");
  j.seen.owner = owner_reference{"locust.io/v2", "LocustTest", plan_.name,
                                 "uid-earlier-test"};
  // The garbage collector may not have come to it yet.
  j.seen.deleting = dice_.percent(50);
  show(j);
  time_.in(how_long, [this, name = j.seen.key.name, uid = j.seen.uid] {
    remove_job(name, uid);
  });
  leave_worker(dice_.between(duration(1s), how_long + duration(10s)));
}

void cluster::remove_service() {
  service_->resource_version = next_version();
  auto last = shared(*service_);
  service_.reset();
  remove(watched_kind::services, last);
}

bool cluster::act(person_act what) {
  switch (what) {
  case person_act::delete_service:
  case person_act::remove_foreign_service: {
    bool ours = service_ && service_->owner.has_value();
    if (!service_ || ours != (what == person_act::delete_service))
      return false;
    remove_service();
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
    service_->key = {test_namespace, name_of(child_kind::master_service)};
    service_->uid = next_uid("foreign");
    service_->resource_version = next_version();
    change(watched_kind::services, shared(*service_));
    return true;
  case person_act::add_condition:
  case person_act::edit_status:
  case person_act::wipe_status:
  case person_act::force_success:
    return edit_stored_status(what);
  case person_act::suspend_master:
    return suspend(child_kind::master_job);
  case person_act::suspend_workers:
    return suspend(child_kind::worker_job);
  case person_act::resume_jobs:
    return resume();
  }
  return false;
}

bool cluster::edit_stored_status(person_act what) {
  if (!test_exists_ || !test_.status)
    return false;
  auto doc = json::parse(*test_.status).value();
  auto& memory = doc.GetAllocator();
  auto set = [&](const char* name, json::value to) {
    doc.RemoveMember(name);
    doc.AddMember(json::value(name, memory), to, memory);
  };
  if (what == person_act::wipe_status) {
    has_other_condition_ = false;
    doc.RemoveAllMembers();
  } else if (what == person_act::force_success) {
    set("phase", json::value("Succeeded"));
  } else if (what == person_act::edit_status) {
    set("connectedWorkers", json::value(99));
  } else if (doc.HasMember("conditions") &&
             !std::exchange(has_other_condition_, true)) {
    json::value added(rapidjson::kObjectType);
    added.AddMember("type", json::value(other_condition, memory), memory);
    added.AddMember("status", "True", memory);
    doc["conditions"].PushBack(added, memory);
  }
  auto status = json::dump_canonical(doc);
  if (status == *test_.status)
    return false;
  if (what != person_act::add_condition)
    spoiled_at_ = time_.now();
  store_status(status);
  return true;
}

} // namespace locust::simulation
