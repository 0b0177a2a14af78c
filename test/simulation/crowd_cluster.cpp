#include "test/simulation/crowd_cluster.hpp"

#include "test/simulation/api_status.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace locust::simulation {

namespace {

constexpr int workers_each = 2;
constexpr size_t namespaces = 20;
constexpr auto starting_takes = 1s;

std::string id_of(const object_key& key) {
  return key.ns + '/' + key.name;
}

std::string padded(size_t n) {
  auto digits = std::to_string(n);
  return std::string(7 - std::min<size_t>(digits.size(), 7), '0') + digits;
}

shared_text spec() {
  return std::make_shared<const std::string>(
      R"({"image":"locust","master":{"command":"-f a.py"},)"
      R"("worker":{"command":"-f a.py","replicas":)" +
      std::to_string(workers_each) + "}}");
}

std::string metadata(const std::string& name, const std::string& uid,
                     const std::string& version) {
  return R"({"metadata":{"name":")" + name + R"(","uid":")" + uid +
         R"(","resourceVersion":")" + version + R"("}})";
}

/// The segments of a path: `namespaces`, `ns`, `jobs`, ...
std::vector<std::string> segments(const std::string& path) {
  std::vector<std::string> all;
  for (size_t at = 1; at < path.size();) {
    auto end = std::min(path.find('/', at), path.size());
    all.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

pod_seen pod_of(const job_seen& job, int number) {
  pod_seen made;
  made.key = {job.key.ns, job.key.name + '-' + std::to_string(number)};
  made.uid = job.uid + '-' + std::to_string(number);
  made.owner = owner_reference{"batch/v1", "Job", job.key.name, job.uid};
  made.role_name = job.key.name;
  made.created = job.created;
  made.phase = pod_phase::running;
  made.ip = "10.0.0.1";
  made.node = "node";
  made.ready = true;
  made.containers.resize(1);
  made.containers.front().name = job.key.name;
  made.containers.front().running = true;
  return made;
}

} // namespace

crowd_cluster::crowd_cluster(timeline& time, chance& dice, size_t tests)
    : time_(time), dice_(dice) {
  auto same_spec = spec();
  for (size_t n = 0; n < tests; ++n) {
    locust_test test;
    test.key = {"team-" + std::to_string(n % namespaces), "load-" + padded(n)};
    test.uid = "uid-" + padded(n);
    test.generation = 1;
    test.spec = same_spec;
    auto& made = lives_[id_of(test.key)];
    made.test = std::move(test);
    made.fails = dice.percent(10);
    in_order_.push_back(&made);
  }
}

void crowd_cluster::begin() {
  for (auto* each : in_order_)
    time_.in(dice_.between(duration(0), 1s), [this, each] {
      each->test.created = time_.now();
      show(watched_kind::locust_tests, each->test);
    });
}

std::string crowd_cluster::next_version() {
  return std::to_string(++version_);
}

template <class Seen>
void crowd_cluster::show(watched_kind kind, Seen& object) {
  object.resource_version = next_version();
  auto copy = std::make_shared<const seen_object>(object);
  // Changes of one kind arrive in their order.
  time_.in(5ms, [this, kind, copy] { on_change(kind, present{copy}); });
}

void crowd_cluster::send(
    api_request request,
    std::function<void(const api_response& response)> done) {
  auto& slot = *std::min_element(free_at_.begin(), free_at_.end());
  slot = std::max(slot, time_.now()) + request_takes;
  time_.at(slot, [this, request = std::move(request), done = std::move(done)] {
    done(answer(request));
  });
}

api_response crowd_cluster::answer(const api_request& request) {
  auto path = segments(request.target);
  auto at = std::find(path.begin(), path.end(), "namespaces");
  std::vector<std::string> rest(at, path.end());
  if (rest.size() == 3 && rest[2] == "events") {
    ++written_.events;
    return answered(201, "{}");
  }
  if (request.body && rest.size() == 3)
    return create(json::parse(*request.body).value(), rest[2]);
  if (request.body && rest.size() == 4 && rest[2] == "jobs")
    return suspend(rest[1], rest[3]);
  if (request.body && rest.size() == 5 && rest[4] == "status")
    return store_status(lives_.at(rest[1] + '/' + rest[3]),
                        json::parse(*request.body).value());
  throw std::logic_error("nobody should ask for " + request.target);
}

// -- what the operator writes
// --------------------------------------------------

api_response crowd_cluster::create(const json::value& manifest,
                                   std::string_view kind) {
  const auto& owner =
      (*json::find(manifest, {"metadata", "ownerReferences"}))[0];
  object_key key{json::text_at(manifest, {"metadata", "namespace"}),
                 json::text_at(manifest, {"metadata", "name"})};
  auto& of = lives_.at(key.ns + '/' + json::text_at(owner, {"name"}));
  auto uid = of.test.uid + '-' + key.name;
  owner_reference by{"locust.io/v2", "LocustTest", of.test.key.name,
                     of.test.uid};
  ++written_.creations;
  if (kind == "services") {
    of.service.key = key;
    of.service.uid = uid;
    of.service.owner = by;
    show(watched_kind::services, of.service);
    return answered(201, metadata(key.name, uid, of.service.resource_version));
  }
  job_seen job;
  job.key = key;
  job.uid = uid;
  job.owner = by;
  job.created = time_.now();
  auto child = key.name.ends_with("-worker") ? child_kind::worker_job
                                             : child_kind::master_job;
  auto pods = json::int_at(manifest, {"spec", "parallelism"}).value();
  create_job(of, child, std::move(job), static_cast<int>(pods));
  return answered(201,
                  metadata(key.name, uid, of.jobs[child].resource_version));
}

api_response crowd_cluster::suspend(const std::string& ns,
                                    const std::string& job) {
  auto end = job.rfind('-');
  auto& of = lives_.at(ns + '/' + job.substr(0, end));
  auto child = job.substr(end) == "-worker" ? child_kind::worker_job
                                            : child_kind::master_job;
  auto& known = of.jobs[child];
  known.suspended = true;
  known.active = known.ready = 0;
  show(watched_kind::jobs, known);
  return answered(200, metadata(job, known.uid, known.resource_version));
}

api_response crowd_cluster::store_status(life& of, const json::value& steps) {
  for (const auto& step : steps.GetArray()) {
    const auto& value = *json::find(step, {"value"});
    auto path = json::text_at(step, {"path"});
    if (path == "/metadata/resourceVersion" &&
        value.GetString() != of.test.resource_version)
      throw std::logic_error("somebody else has written " + of.test.key.name);
    if (path == "/status") {
      of.test.status = std::make_shared<const std::string>(json::dump(value));
      written_.status_bytes += of.test.status->size();
      of.phase = json::text_at(value, {"phase"});
    }
  }
  ++written_.status_writes;
  show(watched_kind::locust_tests, of.test);
  return answered(
      200, metadata(of.test.key.name, of.test.uid, of.test.resource_version));
}

// -- what becomes of it
// ---------------------------------------------------------

void crowd_cluster::create_job(life& of, child_kind child, job_seen job,
                               int pods) {
  if (!of.jobs[child].uid.empty())
    throw std::logic_error(job.key.name + " is created twice");
  for (int n = 0; n < pods; ++n)
    of.pods[child].push_back(pod_of(job, n));
  job.active = pods;
  of.jobs[child] = std::move(job);
  show(watched_kind::jobs, of.jobs[child]);
  time_.in(starting_takes, [this, &of, child] { run_pods(of, child); });
  if (child != child_kind::worker_job)
    return;
  complete_at_.push_back(time_.now());
  time_.in(dice_.between(20s, 40s), [this, &of] {
    of.makes_load = false;
    end_pods(of, child_kind::master_job);
    time_.in(1s, [this, &of] { end_pods(of, child_kind::worker_job); });
  });
}

void crowd_cluster::run_pods(life& of, child_kind child) {
  for (auto& pod : of.pods[child])
    show(watched_kind::pods, pod);
  of.jobs[child].ready = of.jobs[child].active;
  show(watched_kind::jobs, of.jobs[child]);
  of.makes_load |= child == child_kind::worker_job;
}

void crowd_cluster::end_pods(life& of, child_kind child) {
  bool failed = of.fails && child == child_kind::master_job;
  auto& job = of.jobs[child];
  if (job.suspended)
    return;
  for (auto& pod : of.pods[child]) {
    auto& locust = pod.containers.front();
    locust.running = pod.ready = false;
    locust.exit_code = failed ? 1 : 0;
    locust.exit_reason = failed ? "Error" : "Completed";
    pod.phase = failed ? pod_phase::failed : pod_phase::succeeded;
    show(watched_kind::pods, pod);
  }
  job.active = job.ready = 0;
  job.verdict = failed ? job_verdict::failed : job_verdict::complete;
  show(watched_kind::jobs, job);
}

load_sample crowd_cluster::ask_master(const object_key& test) const {
  const auto& of = lives_.at(id_of(test));
  load_sample sample;
  sample.at = time_.now();
  sample.reachable = sample.listens = true;
  sample.workers = of.makes_load ? workers_each : 0;
  sample.pods = sample.workers;
  sample.state = of.makes_load ? master_state::load : master_state::ready;
  return sample;
}

std::vector<std::string> crowd_cluster::problems() const {
  std::vector<std::string> all;
  for (const auto* each : in_order_) {
    std::string right = each->fails ? "Failed" : "Succeeded";
    if (each->phase != right)
      all.push_back(id_of(each->test.key) + " is \"" + each->phase +
                    "\" and not " + right);
  }
  return all;
}

} // namespace locust::simulation
