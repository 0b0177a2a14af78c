#pragma once

#include "actors/operator/routing.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/messages.hpp"
#include "protocol/observation.hpp"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// Routes reports of the watchers: which LocustTests start and end, and which
// test gets which observation. Pure; `Handle` identifies a test's actor.

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
  /// Sends an observation to a test. If that is the test's own `gone`, it ends.
  using send_function =
      std::function<void(const Handle& test, const observation& what)>;

  /// `namespaces`: those that are watched one by one; empty if all namespaces
  /// are watched together.
  dispatcher(const std::vector<std::string>& namespaces, begin_function begin,
             send_function tell)
      : begin_(std::move(begin)), send_(std::move(tell)) {
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

  /// Calls `f` with the handle of each test.
  template <class Function>
  void for_each(Function f) const {
    for (const auto& [ns, in] : scopes_)
      for (const auto& [key, test] : in.tests)
        f(test.handle);
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
    Handle handle;
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
      send_(in.tests.at(key).handle, what);
  }

  void on_listed(scope& in, watched_kind kind, const observation& what) {
    for (const auto& [key, test] : in.tests)
      send_(test.handle, what);
    if (!std::exchange(in.listed[static_cast<size_t>(kind)], true))
      --missing_lists_;
  }

  void on_test(scope& in, std::shared_ptr<const locust_test> test,
               const observation& what) {
    auto at = in.tests.find(test->key);
    if (at != in.tests.end() && at->second.uid == test->uid) {
      send_(at->second.handle, what);
      return;
    }
    if (at != in.tests.end()) // another LocustTest with the same name
      end(in, at,
          gone{watched_kind::locust_tests, at->first, at->second.uid, {}});
    auto handle = begin_(test);
    for (const auto& seen : children_.add(test->key))
      send_(handle, seen);
    for (auto kind : all_watched_kinds)
      if (in.has(kind))
        send_(handle, locust::listed{kind, {}, test->key.ns});
    in.tests.emplace(test->key, followed{test->uid, std::move(handle)});
  }

  void on_test_gone(scope& in, const gone& absent, const observation& what) {
    auto at = in.tests.find(absent.key);
    if (at != in.tests.end() && at->second.uid == absent.uid)
      end(in, at, what);
  }

  void end(scope& in,
           typename std::unordered_map<object_key, followed>::iterator at,
           const observation& what) {
    send_(at->second.handle, what);
    children_.remove(at->first);
    in.tests.erase(at);
  }

  begin_function begin_;
  send_function send_;
  /// By namespace; the key is empty if all are watched together.
  std::unordered_map<std::string, scope> scopes_;
  child_table children_;
  size_t missing_lists_ = 0;
};

} // namespace locust
