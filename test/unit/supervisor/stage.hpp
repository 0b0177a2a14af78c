#pragma once

#include "test/unit/supervisor/props.hpp"
#include "test/unit/supervisor/story.hpp"
#include "test/unit/support/core_mirror.hpp"

#include <memory>

// What a supervisor observes, one line per object, and the expected effects.

namespace locust::testing {

/// A supervisor core with a cluster around it. Calls happen at the time that
/// `passes` has advanced to.
class stage {
public:
  explicit stage(std::optional<int32_t> ttl = {}, std::string status = "")
      : stage(rules(ttl), status, noon) {
    for (auto kind : listed_kinds)
      list(kind);
  }

  /// A launched run without a web UI.
  static stage headless() {
    return launched_with("--headless -f a.py");
  }

  /// A launched run with this command of the master and these members of its
  /// spec, each with a comma behind it.
  static stage launched_with(const std::string& command,
                             const std::string& members = "") {
    stage s(rules(std::optional<int32_t>{}), "", noon);
    auto test = *s.core.observed().test;
    ++test.generation;
    auto spec = spec_text("image-a", 3, command);
    test.spec = std::make_shared<const std::string>(spec.insert(1, members));
    return launched(s.shows(test));
  }

  /// A launched run with this grace period for unhealthy pods.
  static stage with_grace(std::chrono::seconds grace) {
    operator_settings settings;
    settings.pod_health_grace = grace;
    return launched(stage(rules(settings), "", noon));
  }

  /// With both Jobs observed.
  static stage launched(std::optional<int32_t> ttl = {}) {
    return launched(stage(rules(ttl), "", noon));
  }

  static stage launched(stage s) {
    for (auto kind : listed_kinds)
      s.list(kind);
    s.stores();
    s.answers(child_kind::master_service, service_uid);
    s.answers(child_kind::master_job, master_uid);
    s.answers(child_kind::worker_job, worker_uid);
    s.shows(the_service());
    s.shows(the_master());
    s.shows(the_workers());
    return s.stores();
  }

  /// An operator that starts with this status, before any list.
  static stage found(const std::string& status, int64_t generation = 1,
                     std::optional<int32_t> ttl = {}) {
    return {rules(ttl), status, noon, generation};
  }

  /// A run whose master and workers are running.
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
    return shows_again(object);
  }

  /// An object in an older version.
  template <class Seen>
  stage& shows_again(const Seen& object) {
    log("shows " + object.key.name);
    return input(
        &supervisor_core::on_observation,
        observation{present{std::make_shared<const seen_object>(object)}});
  }

  /// Locust ends with exit code 0, and its Job is complete.
  stage& completes() {
    return shows(master_pod().exits(0)).shows(the_master().complete());
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

  /// Deleted, with the last state that the watch reported.
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

  stage& misses(const a_pod& pod) {
    return gone_now({watched_kind::pods, pod.seen.key, pod.seen.uid, nullptr});
  }

  stage& misses_service() {
    return gone_now(
        {watched_kind::services, {"ns", "load-master"}, service_uid, nullptr});
  }

  stage& list(watched_kind kind) {
    return input(&supervisor_core::on_observation,
                 observation{listed{kind, next_version()}});
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
    return input(&supervisor_core::on_child_result, answer);
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

  stage& samples(int32_t workers, master_state state = master_state::load) {
    return samples(load_sample{true, workers, now, {}, {}, state});
  }

  /// Workers can connect to the master, whose web API does not answer.
  stage& samples_a_listening_master(bool refuses = false) {
    return samples(load_sample{false, 0, now, {}, {}, {}, true, refuses});
  }

  stage& samples(const load_sample& sample) {
    return input(&supervisor_core::on_load_sample, sample);
  }

  /// The answer to the request that suspends a Job.
  stage& suspended(const api_response& answer) {
    return input(&supervisor_core::on_job_suspended, answer);
  }

  /// Changes the spec.
  stage& edits(const std::string& image, int32_t workers = 3,
               int64_t generations = 1) {
    return edits_to(spec_text(image, workers), generations);
  }

  stage& edits_to(const std::string& spec, int64_t generations = 1) {
    auto edited = *core.observed().test;
    edited.generation += generations;
    edited.spec = std::make_shared<const std::string>(spec);
    return shows(edited);
  }

  stage& stores() {
    return input(&supervisor_core::on_status_saved,
                 status_saved{saved.revision, next_version()});
  }

  /// The answer to a read of the LocustTest after a child has disappeared.
  stage& reads_test(const api_response& answer) {
    return input(&supervisor_core::on_existence_read, answer);
  }

  /// Advances time and fires the timers that become due.
  stage& passes(std::chrono::microseconds time) {
    auto until = now + time;
    while (timer_ && timer_at_ <= until) {
      now = std::max(now, timer_at_);
      input(&supervisor_core::on_timer, *std::exchange(timer_, std::nullopt));
    }
    now = until;
    return *this;
  }

  /// Restarts the operator from the current status.
  stage restarted(std::chrono::microseconds after = 1s) const {
    std::string_view spec;
    if (core.run_spec())
      spec = *core.run_spec();
    return stage(rules_, render_status(core.state(), spec), now + after);
  }

  /// All events so far.
  const std::vector<lifecycle_event>& events() const {
    return mirror_.events;
  }

  /// The same, with other settings.
  stage restarted_with(const operator_settings& settings) const {
    auto other = *this;
    other.rules_ = rules(settings);
    return other.restarted();
  }

  /// The commands since the last call.
  commands take() {
    return mirror_.take();
  }

  stage& then_phase(const std::string& name) {
    return equal("phase", std::string(phase_name(core.state())), name);
  }

  stage& then(condition_type type, const std::string& status,
              const std::string& reason, const std::string& message) {
    const auto* c = find(core.state(), type);
    std::string shown = c == nullptr ? "absent"
                                     : std::string(to_string(c->status)) + ' ' +
                                           c->reason + ": " + c->message;
    return equal("condition " + std::string(to_string(type)), shown,
                 status + ' ' + reason + ": " + message);
  }

  stage& then_children(const std::array<std::string, child_count>& uids) {
    auto text = [](const auto& list) {
      return list[0] + ", " + list[1] + ", " + list[2];
    };
    return equal("children", text(core.state().run.children.values),
                 text(uids));
  }

  /// The kinds of the events since the last call.
  stage& then_facts(const std::vector<std::string>& expected) {
    std::string got;
    for (; told_ < mirror_.events.size(); ++told_)
      got += std::string(kind_of(mirror_.events[told_].fact)) + ' ';
    return equal("facts", got, joined(expected));
  }

  /// Ignores all earlier events in the next `then_facts`.
  stage& quietly() {
    told_ = mirror_.events.size();
    return *this;
  }

  stage& then_command(const std::string& expected, bool present = true) {
    bool found = false;
    for (const auto& c : take())
      found |= describe(c) == expected;
    return check(found == present,
                 (present ? "missing command " : "unwanted command ") +
                     expected);
  }

  stage& then_looks_again_in(std::optional<std::chrono::seconds> time) {
    auto text = [](auto t) {
      return t ? to_rfc3339_micro(*t) : std::string("never");
    };
    return equal("look again",
                 text(timer_ ? std::optional(timer_at_) : std::nullopt),
                 text(time ? std::optional(now + *time) : std::nullopt));
  }

  stage& check(bool good, const std::string& what) {
    std::string list;
    for (const auto& event : mirror_.events)
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

  timestamp now = noon;
  /// What such a read is answered with at once; nothing while it is not.
  std::optional<api_response> read_answer = a_read_of(test_uid);
  int read_count = 0;
  supervisor_core core;
  /// Requests to suspend Jobs.
  std::vector<api_request> suspensions;
  /// The newest status document.
  effect::save_status saved;

private:
  stage(const supervisor_rules& rules, const std::string& status, timestamp at,
        int64_t generation = 1)
      : now(at), core(rules, the_test(generation, status)), rules_(rules) {
    take_effects(core.start(now));
    version_ = at == noon ? 1000 : 100'000; // later than all earlier ones
  }

  template <class Input>
  stage& input(supervisor_effects (supervisor_core::*on)(const Input&,
                                                         timestamp),
               const Input& what) {
    return take_effects((core.*on)(what, now));
  }

  stage& take_effects(const supervisor_effects& effects) {
    bool reads = false;
    for (const auto& each : effects) {
      reads |= std::holds_alternative<effect::confirm_existence>(each);
      if (const auto* save = std::get_if<effect::save_status>(&each))
        saved = *save;
      if (const auto* timer = std::get_if<effect::set_timer>(&each)) {
        timer_ = look_again{timer->generation};
        timer_at_ = now + timer->delay;
      } else if (const auto* order = std::get_if<effect::suspend_job>(&each)) {
        suspensions.push_back(order->request);
      }
    }
    mirror_.follow(core, effects);
    read_count += reads ? 1 : 0;
    return reads && read_answer ? reads_test(*read_answer) : *this;
  }

  stage& gone_now(gone what) {
    log("gone " + what.key.name + ' ' + what.uid);
    return input(&supervisor_core::on_observation,
                 observation{std::move(what)});
  }

  std::string next_version() {
    return std::to_string(++version_);
  }

  void log(const std::string& line) {
    log_ += "  cluster: " + to_rfc3339_micro(now) + ' ' + line + '\n';
  }

  supervisor_rules rules_;
  core_mirror mirror_;
  /// The latest timer, if it has not fired.
  std::optional<look_again> timer_;
  timestamp timer_at_{};
  uint64_t version_ = 1000;
  size_t told_ = 0;
  std::string log_;
};

/// Reports complete lists to a restarted supervisor.
inline stage& lists_all(stage& s) {
  for (auto kind : listed_kinds)
    s.list(kind);
  return s;
}

} // namespace locust::testing
