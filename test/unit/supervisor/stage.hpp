#pragma once

#include "test/unit/supervisor/story.hpp"
#include "test/unit/support/core_driver.hpp"

#include <memory>

// What a supervisor sees, one line per object, and what it makes of it.

namespace locust::testing {

inline const std::string test_uid = "uid-test";

class a_job {
public:
  explicit a_job(child_kind child, std::string uid) {
    seen.key = {"ns", child_name("load", child)};
    seen.uid = std::move(uid);
    seen.owner =
        owner_reference{"locust.io/v2", "LocustTest", "load", test_uid};
    seen.created = noon;
  }

  a_job& active(int32_t n) {
    seen.active = n;
    return *this;
  }

  a_job& ready(int32_t n) {
    seen.ready = n;
    return *this;
  }

  a_job& complete() {
    seen.verdict = job_verdict::complete;
    seen.active = 0;
    return *this;
  }

  a_job& failed(std::string reason = "BackoffLimitExceeded",
                std::string message = "Job has reached the limit") {
    seen.verdict = job_verdict::failed;
    seen.active = 0;
    seen.failure_reason = std::move(reason);
    seen.failure_message = std::move(message);
    return *this;
  }

  a_job& ending() {
    seen.ending = true;
    return *this;
  }

  a_job& deleting() {
    seen.deleting = true;
    return *this;
  }

  a_job& owned_by(std::string uid) {
    seen.owner->uid = std::move(uid);
    return *this;
  }

  job_seen seen;
};

inline a_job the_master(std::string uid = master_uid) {
  return a_job(child_kind::master_job, std::move(uid));
}

inline a_job the_workers(std::string uid = worker_uid) {
  return a_job(child_kind::worker_job, std::move(uid));
}

class a_pod {
public:
  a_pod(std::string name, child_kind child, std::string job_uid) {
    seen.key = {"ns", name};
    seen.uid = "uid-" + name;
    seen.role_name = child_name("load", child);
    seen.owner =
        owner_reference{"batch/v1", "Job", seen.role_name, std::move(job_uid)};
    seen.created = noon;
    seen.phase = pod_phase::pending;
    seen.node = "node-1";
    seen.containers.resize(1);
    locust().name = seen.role_name;
  }

  /// The Locust container.
  container_seen& locust() {
    return seen.containers.back();
  }

  a_pod& runs() {
    seen.phase = pod_phase::running;
    locust().running = true;
    return *this;
  }

  a_pod& waits(std::string reason, std::string message = "") {
    locust().waiting_reason = std::move(reason);
    locust().waiting_message = std::move(message);
    return *this;
  }

  a_pod& exits(int32_t code, std::string reason = "Error") {
    locust().running = false;
    locust().exit_code = code;
    locust().exit_reason = code == 0 ? "Completed" : std::move(reason);
    seen.phase = code == 0 ? pod_phase::succeeded : pod_phase::failed;
    return *this;
  }

  /// An init container before the Locust container.
  a_pod& init(container_seen c) {
    c.init = true;
    seen.containers.insert(seen.containers.begin(), std::move(c));
    return *this;
  }

  a_pod& evicted(std::string message) {
    seen.phase = pod_phase::failed;
    seen.reason = "Evicted";
    seen.message = std::move(message);
    return *this;
  }

  a_pod& disrupted(std::string why) {
    seen.disruption = std::move(why);
    return *this;
  }

  a_pod& unschedulable(std::string message) {
    seen.unscheduled = std::move(message);
    return *this;
  }

  a_pod& deleting() {
    seen.deleting = true;
    return *this;
  }

  a_pod& created(timestamp at) {
    seen.created = at;
    return *this;
  }

  a_pod& labelled(std::string role) {
    seen.role_name = std::move(role);
    return *this;
  }

  pod_seen seen;
};

inline a_pod master_pod(std::string name = "load-master-x",
                        std::string job_uid = master_uid) {
  return {std::move(name), child_kind::master_job, std::move(job_uid)};
}

inline a_pod worker_pod(int n = 1, std::string job_uid = worker_uid) {
  return {"load-worker-" + std::to_string(n), child_kind::worker_job,
          std::move(job_uid)};
}

/// Those that a supervisor hears of.
inline constexpr watched_kind listed_kinds[] = {
    watched_kind::services, watched_kind::jobs, watched_kind::pods,
    watched_kind::pod_warnings, watched_kind::job_warnings};

/// A supervisor's core with a world around it. Each call happens at the time
/// that `passes` has brought about.
class stage {
public:
  explicit stage(std::optional<int32_t> ttl = {}, std::string status = "") {
    core.settings.job_ttl_seconds = ttl;
    core.start(a_test(1), {"hash-a", 3, "scripts"}, status);
    for (auto kind : listed_kinds)
      list(kind);
  }

  /// A run as `launched_run`, with both Jobs in sight.
  static stage launched(std::optional<int32_t> ttl = {}) {
    stage s(ttl);
    s.stores();
    s.answers(child_kind::master_service, service_uid);
    s.answers(child_kind::master_job, master_uid);
    s.answers(child_kind::worker_job, worker_uid);
    service_seen service;
    service.key = {"ns", "load-master"};
    service.uid = service_uid;
    s.shows(service);
    s.shows(the_master());
    s.shows(the_workers());
    return s.stores();
  }

  /// A run whose master and workers are up.
  static stage started(std::optional<int32_t> ttl = {}) {
    auto s = launched(ttl);
    s.shows(the_master().active(1)).shows(master_pod().runs());
    s.shows(the_workers().active(3).ready(3));
    for (int n : {1, 2, 3})
      s.shows(worker_pod(n).runs());
    return s.stores();
  }

  stage& shows(a_job job) {
    return shows(std::move(job.seen));
  }

  stage& shows(a_pod pod) {
    return shows(std::move(pod.seen));
  }

  template <class Seen>
  stage& shows(Seen object) {
    object.resource_version = next_version();
    log("shows " + object.key.name);
    core.see(present{std::make_shared<const seen_object>(std::move(object))},
             now);
    return *this;
  }

  /// A warning about a pod or Job.
  stage& warns(const std::string& about_kind, const std::string& about_uid,
               const std::string& message) {
    warning_seen warning;
    warning.about_kind = about_kind;
    warning.about_uid = about_uid;
    warning.message = message;
    warning.last_seen = now;
    return shows(warning);
  }

  /// Gone, with the last state that the watch showed.
  stage& removes(a_job job) {
    job.seen.resource_version = next_version();
    auto last = std::make_shared<const seen_object>(job.seen);
    return gone_now({watched_kind::jobs, job.seen.key, job.seen.uid, last});
  }

  stage& removes(a_pod pod) {
    pod.seen.resource_version = next_version();
    auto last = std::make_shared<const seen_object>(pod.seen);
    return gone_now({watched_kind::pods, pod.seen.key, pod.seen.uid, last});
  }

  /// Missing from a new list.
  stage& misses(const a_job& job) {
    return gone_now({watched_kind::jobs, job.seen.key, job.seen.uid, nullptr});
  }

  stage& misses_service() {
    return gone_now(
        {watched_kind::services, {"ns", "load-master"}, service_uid, nullptr});
  }

  stage& list(watched_kind kind) {
    core.see(listed{kind, next_version()}, now);
    return *this;
  }

  stage& answers(child_kind child, const std::string& uid,
                 const std::string& version = "") {
    child_result answer;
    answer.child = child;
    answer.what = child_result::outcome::created;
    answer.name = child_name("load", child);
    answer.uid = uid;
    answer.resource_version = version.empty() ? next_version() : version;
    return answers(answer);
  }

  stage& answers(child_result answer) {
    answer.name = child_name("load", answer.child);
    log("answers " + answer.name + ' ' + answer.uid);
    core.see(answer, now);
    return *this;
  }

  /// No answer came to the request for this child.
  stage& drops(child_kind child) {
    child_result answer;
    answer.child = child;
    answer.what = child_result::outcome::failed;
    answer.message = "timeout";
    answer.transient = true;
    return answers(answer);
  }

  stage& samples(int32_t workers, bool reachable = true) {
    core.see(load_sample{reachable, workers, now}, now);
    return *this;
  }

  stage& edits(const std::string& hash, int32_t workers = 3) {
    core.see_test(a_test(core.seen.test->generation + 1),
                  {hash, workers, "scripts"});
    core.look(now);
    return *this;
  }

  stage& stores() {
    core.saved(core.state.revision, now);
    return *this;
  }

  stage& passes(std::chrono::microseconds time) {
    now += time;
    core.look(now);
    return *this;
  }

  /// The operator starts again from what the status says now.
  stage restarted(std::chrono::microseconds after = 1s) const {
    stage s(core.settings.job_ttl_seconds,
            render_status(core.state, core.run_spec), now + after);
    return s;
  }

  stage& then_phase(const std::string& name) {
    return equal("phase", std::string(phase_name(core.state)), name);
  }

  stage& then(condition_type type, const std::string& status,
              const std::string& reason, const std::string& message) {
    const auto* c = find(core.state, type);
    std::string shown =
        c == nullptr
            ? "absent"
            : (c->status == lifecycle::truth::yes ? "True " : "False ") +
                  c->reason + ": " + c->message;
    return equal("condition " + std::string(to_string(type)), shown,
                 status + ' ' + reason + ": " + message);
  }

  stage& then_children(const std::array<std::string, child_count>& uids) {
    auto text = [](const auto& list) {
      return list[0] + ", " + list[1] + ", " + list[2];
    };
    return equal("children", text(core.state.run.children), text(uids));
  }

  /// The kinds of the events since the last call.
  stage& then_facts(const std::vector<std::string>& expected) {
    std::string got;
    for (; told_ < core.events.size(); ++told_)
      got += std::string(kind_of(core.events[told_].fact)) + ' ';
    std::string wanted;
    for (const auto& kind : expected)
      wanted += kind + ' ';
    return equal("facts", got, wanted);
  }

  /// From here on `then_facts` counts.
  stage& quietly() {
    told_ = core.events.size();
    return *this;
  }

  stage& then_command(const std::string& expected, bool present = true) {
    bool found = false;
    for (const auto& c : core.take())
      found |= describe(c) == expected;
    return check(found == present,
                 (present ? "missing command " : "unwanted command ") +
                     expected);
  }

  stage& then_looks_again_in(std::optional<std::chrono::seconds> time) {
    auto text = [](auto t) {
      return t ? to_rfc3339_micro(*t) : std::string("never");
    };
    return equal("look again", text(core.look_again),
                 text(time ? std::optional(now + *time) : std::nullopt));
  }

  stage& check(bool good, const std::string& what) {
    std::string list;
    for (const auto& event : core.events)
      list += "  " + to_rfc3339_micro(event.at) + ' ' +
              std::string(kind_of(event.fact)) + ": " + describe(event.fact) +
              '\n';
    BOOST_CHECK_MESSAGE(good, what << "\nafter\n" << list << log_);
    return *this;
  }

  stage& equal(const std::string& what, const std::string& got,
               const std::string& expected) {
    return check(got == expected,
                 what + ": expected\n  " + expected + "\ngot\n  " + got);
  }

  core_driver core;
  timestamp now = noon;

private:
  stage(std::optional<int32_t> ttl, const std::string& status, timestamp at) {
    now = at;
    version_ = 100'000; // later than all that came before
    core.settings.job_ttl_seconds = ttl;
    core.start(a_test(1), {"hash-a", 3, "scripts"}, status);
  }

  static std::shared_ptr<const locust_test> a_test(int64_t generation) {
    auto test = std::make_shared<locust_test>();
    test->key = {"ns", "load"};
    test->uid = test_uid;
    test->generation = generation;
    return test;
  }

  stage& gone_now(gone what) {
    log("gone " + what.key.name + ' ' + what.uid);
    core.see(what, now);
    return *this;
  }

  std::string next_version() {
    return std::to_string(++version_);
  }

  void log(const std::string& line) {
    log_ += "  world: " + to_rfc3339_micro(now) + ' ' + line + '\n';
  }

  uint64_t version_ = 1000;
  size_t told_ = 0;
  std::string log_;
};

/// Shows complete lists to a supervisor that was started again.
inline stage& lists_all(stage& s) {
  for (auto kind : listed_kinds)
    s.list(kind);
  return s;
}

} // namespace locust::testing
