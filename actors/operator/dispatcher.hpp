#pragma once

#include "actors/operator/routing.hpp"
#include "protocol/finished_run.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/messages.hpp"
#include "protocol/observation.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// Routes reports of the watchers: which LocustTests start and end, and which
// test gets which observation. Pure; `Handle` identifies a test's actor.
//
//   none --begin--> followed --retire--> finished
//                      ^                    |
//                      +------ revive ------+  it is changed or deleted
//
// A finished test has no actor, and gets no observations of its children. One
// that is finished when it is first seen gets none either, unless the first
// lists show that a Job of it goes on.

namespace locust {

/// All kinds, in the order in which their watches start.
inline constexpr std::array all_watched_kinds = {
    watched_kind::locust_tests,  watched_kind::services,
    watched_kind::jobs,          watched_kind::pods,
    watched_kind::pod_warnings,  watched_kind::job_warnings,
    watched_kind::pod_evictions,
};
static_assert(all_watched_kinds.size() == watched_kind_count);

template <class Handle>
class dispatcher {
public:
  /// Starts to follow a LocustTest.
  using begin_function =
      std::function<Handle(std::shared_ptr<const locust_test> test)>;
  /// Follows a LocustTest again whose run is over. `test` is what was observed
  /// of it before, but for its spec.
  using revive_function = std::function<Handle(
      std::shared_ptr<const locust_test> test, const finished_run& run)>;
  /// Returns what to keep of a LocustTest that is first seen when its run is
  /// over; null when it needs an actor.
  using finish_function =
      std::function<std::shared_ptr<const finished_run>(const locust_test&)>;
  /// Sends an observation to a test. If that is the test's own `gone`, it ends.
  using send_function =
      std::function<void(const Handle& test, const observation& what)>;

  /// `namespaces`: those that are watched one by one; empty if all namespaces
  /// are watched together.
  dispatcher(const std::vector<std::string>& namespaces, begin_function begin,
             revive_function revive, finish_function finish, send_function tell)
      : begin_(std::move(begin)), revive_(std::move(revive)),
        finish_(std::move(finish)), send_(std::move(tell)) {
    for (const auto& ns : namespaces)
      scopes_[ns];
    if (namespaces.empty())
      scopes_[{}];
    missing_lists_ = scopes_.size() * watched_kind_count;
  }

  /// Processes a report. Returns true once: when it completes the first list of
  /// every kind.
  bool on_watch_report(const watch_report& report) {
    auto& in = scopes_.at(report.ns);
    // Children need their test, so at the start their lists wait for the list
    // of tests.
    if (!in.has(watched_kind::locust_tests) &&
        report.kind != watched_kind::locust_tests) {
      in.early.push_back(report);
      return false;
    }
    auto missing = missing_lists_;
    on_batch(in, *report.batch);
    if (in.has(watched_kind::locust_tests))
      for (const auto& held : std::exchange(in.early, {}))
        on_batch(in, *held.batch);
    return missing > 0 && missing_lists_ == 0;
  }

  /// The run of this test needs nothing more, after `heard` observations.
  /// Returns whether `run` has taken the place of the handle; false when
  /// another observation is on its way.
  bool retire(const object_key& key, const Handle& handle, uint64_t heard,
              std::shared_ptr<const finished_run> run) {
    for (auto& [ns, in] : scopes_) {
      auto at = in.tests.find(key);
      if (at == in.tests.end() || at->second.run ||
          at->second.handle != handle || at->second.sent != heard)
        continue;
      at->second.handle = Handle{};
      at->second.run = std::move(run);
      return true;
    }
    return false;
  }

  /// Follows the finished tests again whose run ended at this time or later.
  void revive_since(timestamp begin) {
    for (auto& [ns, in] : scopes_)
      for (auto& [key, test] : in.tests)
        if (test.run && test.run->ended_at >= begin)
          revive(in, key, test);
  }

  /// Calls `f` with the handle of each test that is not finished.
  template <class Function>
  void for_each(Function f) const {
    for (const auto& [ns, in] : scopes_)
      for (const auto& [key, test] : in.tests)
        if (!test.run)
          f(test.handle);
  }

  /// Returns the test whose handle `is_wanted`, if it is followed.
  template <class Predicate>
  std::optional<std::pair<object_key, std::string>>
  find_if(Predicate is_wanted) const {
    for (const auto& [ns, in] : scopes_)
      for (const auto& [key, test] : in.tests)
        if (!test.run && is_wanted(test.handle))
          return std::pair{key, test.uid};
    return std::nullopt;
  }

  size_t tests() const {
    size_t n = 0;
    for (const auto& [ns, in] : scopes_)
      n += in.tests.size();
    return n;
  }

private:
  struct followed {
    std::string uid;
    Handle handle{};
    /// Number of observations that were sent to it.
    uint64_t sent = 0;
    /// Of a finished test, which has no handle; otherwise null.
    std::shared_ptr<const finished_run> run;
    /// What was observed of its children since it was found finished, until it
    /// is certain that none of its Jobs goes on; null afterwards.
    std::unique_ptr<observations> held;
  };

  /// What is watched together, one namespace or all. A list is complete only
  /// for its own scope.
  struct scope {
    std::array<bool, watched_kind_count> listed{};
    std::unordered_map<object_key, followed> tests;
    /// Reports about children that arrived before the list of tests.
    std::vector<watch_report> early;

    bool has(watched_kind kind) const {
      return listed[static_cast<size_t>(kind)];
    }
  };

  void on_batch(scope& in, const observations& batch) {
    for (const auto& what : batch)
      on_observation(in, what);
  }

  void on_observation(scope& in, const observation& what) {
    if (const auto* whole = std::get_if<locust::listed>(&what)) {
      on_listed(in, whole->kind, what);
      return;
    }
    if (const auto* there = std::get_if<present>(&what))
      if (const auto* test = std::get_if<locust_test>(there->object.get())) {
        on_test(in, {there->object, test}, what);
        return;
      }
    if (const auto* absent = std::get_if<gone>(&what))
      if (absent->kind == watched_kind::locust_tests) {
        on_test_gone(in, *absent, what);
        return;
      }
    for (const auto& key : children_.find(what))
      send(in.tests.at(key), what);
  }

  /// A finished test needs no children.
  void send(followed& to, const observation& what) {
    if (to.held)
      to.held->push_back(what);
    if (to.run)
      return;
    ++to.sent;
    send_(to.handle, what);
  }

  void revive(scope& in, const object_key& key, followed& test) {
    auto run = std::exchange(test.run, nullptr);
    test.handle = revive_(as_observed(*run, key, test.uid), *run);
    test.sent = 0;
    if (auto held = std::exchange(test.held, nullptr))
      for (const auto& seen : *held)
        send(test, seen);
    send_lists(in, key, test);
  }

  /// Lets a test rest that was found finished, unless a Job of it goes on.
  void check_held(scope& in, const object_key& key, followed& test) {
    if (!test.held || !in.has(watched_kind::services) ||
        !in.has(watched_kind::jobs) || !in.has(watched_kind::pods))
      return;
    if (has_open_job(*test.held))
      revive(in, key, test);
    else
      test.held.reset();
  }

  /// What a new actor has missed.
  void send_lists(const scope& in, const object_key& key, followed& to) {
    for (auto kind : all_watched_kinds)
      if (in.has(kind))
        send(to, locust::listed{kind, {}, key.ns});
  }

  void on_listed(scope& in, watched_kind kind, const observation& what) {
    if (!std::exchange(in.listed[static_cast<size_t>(kind)], true))
      --missing_lists_;
    for (auto& [key, test] : in.tests)
      if (test.run)
        check_held(in, key, test);
      else
        send(test, what);
  }

  void on_test(scope& in, std::shared_ptr<const locust_test> test,
               const observation& what) {
    auto at = in.tests.find(test->key);
    if (at != in.tests.end() && at->second.uid == test->uid) {
      auto& known = at->second;
      if (known.run && is_unchanged(*known.run, *test))
        return;
      if (known.run)
        revive(in, at->first, known);
      send(known, what);
      return;
    }
    if (at != in.tests.end()) // another LocustTest with the same name
      end(in, at,
          gone{watched_kind::locust_tests, at->first, at->second.uid, {}});
    auto& begun = in.tests[test->key];
    begun.uid = test->uid;
    begun.run = finish_(*test);
    if (begun.run) {
      begun.held = std::make_unique<observations>(children_.add(test->key));
      check_held(in, test->key, begun);
      return;
    }
    begun.handle = begin_(test);
    for (const auto& seen : children_.add(test->key))
      send(begun, seen);
    send_lists(in, test->key, begun);
  }

  void on_test_gone(scope& in, const gone& absent, const observation& what) {
    auto at = in.tests.find(absent.key);
    if (at != in.tests.end() && at->second.uid == absent.uid)
      end(in, at, what);
  }

  void end(scope& in,
           typename std::unordered_map<object_key, followed>::iterator at,
           const observation& what) {
    if (at->second.run)
      revive(in, at->first, at->second);
    send(at->second, what);
    children_.remove(at->first);
    in.tests.erase(at);
  }

  begin_function begin_;
  revive_function revive_;
  finish_function finish_;
  send_function send_;
  /// By namespace; the key is empty if all are watched together.
  std::unordered_map<std::string, scope> scopes_;
  child_table children_;
  size_t missing_lists_ = 0;
};

} // namespace locust
