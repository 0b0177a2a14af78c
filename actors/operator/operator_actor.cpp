#include "actors/operator/operator_actor.hpp"

#include "actors/api_client/api_client_actor.hpp"
#include "actors/api_watcher/api_watcher_actor.hpp"
#include "actors/event_recorder/event_recorder_actor.hpp"
#include "actors/journal/journal_actor.hpp"
#include "actors/load_sampler/load_sampler_actor.hpp"
#include "actors/operator/routing.hpp"
#include "actors/operator/start_memory.hpp"
#include "actors/resource_builder/resource_builder_actor.hpp"
#include "actors/status_writer/status_writer_actor.hpp"
#include "actors/supervisor/supervisor_actor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <unordered_map>
#include <vector>

namespace locust {

namespace {

constexpr std::array all_kinds = {
    watched_kind::locust_tests, watched_kind::services,
    watched_kind::jobs,         watched_kind::pods,
    watched_kind::pod_warnings, watched_kind::job_warnings,
};

timestamp wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(
      std::chrono::system_clock::now());
}

struct supervised {
  std::string uid;
  supervisor_actor actor;
};

class operator_state {
public:
  using pointer = operator_actor::stateful_pointer<operator_state>;

  static inline const char* name = "locust.operator";

  explicit operator_state(pointer self) : self_(self) {
    // nop
  }

  void start(operator_setup setup) {
    began_ = std::chrono::steady_clock::now();
    auto& sys = self_->system();
    auto shared = std::make_shared<supervisor_setup>();
    shared->client = spawn_api_client(sys, std::move(setup.access));
    shared->settings = setup.settings;
    shared->builder =
        spawn_resource_builder(sys, shared->client, setup.settings);
    shared->writer = spawn_status_writer(sys, shared->client);
    shared->recorder = spawn_event_recorder(sys, shared->client);
    shared->sampler = spawn_load_sampler(sys, shared->client);
    if (!setup.journal_path.empty())
      shared->journal = spawn_journal(sys, {setup.journal_path});
    shared->now = wall_clock;
    setup_ = shared;
    for (auto kind : all_kinds)
      watchers_.push_back(spawn_api_watcher(
          sys, {kind}, setup_->client, operator_actor{self_}, ++setup.seed));
  }

  void see(const watch_report& report) {
    // Children mean something only to tests that are known: at the start their
    // lists wait for that of the tests.
    if (!listed(watched_kind::locust_tests) &&
        report.kind != watched_kind::locust_tests) {
      early_.push_back(report);
      return;
    }
    for (const auto& what : *report.batch)
      see(what);
    if (listed(watched_kind::locust_tests) && !early_.empty()) {
      auto waiting = std::move(early_);
      early_.clear();
      for (const auto& held : waiting)
        see(held);
    }
  }

  void see(const watch_trouble& trouble) {
    if (trouble.reason.empty())
      spdlog::info("watching {} again", to_string(trouble.kind));
    else
      spdlog::warn("waiting: {}", trouble.reason);
  }

  caf::result<bool> stop() {
    spdlog::info("stopping");
    for (auto& watcher : watchers_)
      self_->send(watcher, stop_request{});
    for (auto& [key, entry] : tests_)
      self_->send(entry.actor, stop_request{});
    tests_.clear();
    auto promise = self_->make_response_promise<bool>();
    self_->request(setup_->writer, stop_patience, stop_request{})
        .then([this, promise](bool all) mutable { close(promise, all); },
              [this, promise](caf::error&) mutable { close(promise, false); });
    return promise;
  }

private:
  bool listed(watched_kind kind) const {
    return listed_[static_cast<size_t>(kind)];
  }

  void see(const observation& what) {
    if (const auto* whole = std::get_if<locust::listed>(&what)) {
      see_listed(*whole, what);
      return;
    }
    if (const auto* there = std::get_if<present>(&what))
      if (const auto* test = std::get_if<locust_test>(there->object.get())) {
        see_test({there->object, test}, what);
        return;
      }
    if (const auto* absent = std::get_if<gone>(&what))
      if (absent->kind == watched_kind::locust_tests) {
        see_test_gone(*absent, what);
        return;
      }
    for (const auto& key : children_.find(what))
      self_->send(tests_.at(key).actor, what);
  }

  void see_listed(const locust::listed& whole, const observation& what) {
    auto& slot = listed_[static_cast<size_t>(whole.kind)];
    bool first = !slot;
    slot = true;
    for (auto& [key, entry] : tests_)
      self_->send(entry.actor, what);
    if (!first)
      return;
    for (auto kind : all_kinds)
      if (!listed(kind))
        return;
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began_);
    spdlog::info("ready: all lists are complete after {} ms; LocustTests: {}",
                 took.count(), tests_.size());
    release_start_memory();
  }

  void see_test(std::shared_ptr<const locust_test> test,
                const observation& what) {
    auto at = tests_.find(test->key);
    if (at != tests_.end() && at->second.uid == test->uid) {
      self_->send(at->second.actor, what);
      return;
    }
    if (at != tests_.end()) // the name was taken by another LocustTest
      drop(at->first, at->second,
           gone{watched_kind::locust_tests, at->first, at->second.uid, {}});
    auto actor = spawn_supervisor(self_->system(), setup_, test);
    for (auto& seen : children_.add(test->key))
      self_->send(actor, std::move(seen));
    for (auto kind : all_kinds)
      if (listed(kind))
        self_->send(actor, observation{locust::listed{kind, {}}});
    tests_.emplace(test->key, supervised{test->uid, std::move(actor)});
  }

  void see_test_gone(const gone& absent, const observation& what) {
    auto at = tests_.find(absent.key);
    if (at != tests_.end() && at->second.uid == absent.uid)
      drop(at->first, at->second, what);
  }

  void drop(object_key key, const supervised& entry, const observation& what) {
    self_->send(entry.actor, what);
    children_.remove(key);
    tests_.erase(key);
  }

  /// The last steps of a stop, when no status is pending any more.
  void close(caf::typed_response_promise<bool> promise, bool all) {
    if (!all)
      spdlog::warn("stopped before every status was stored; the next start "
                   "takes it up");
    self_->send_exit(setup_->recorder, caf::exit_reason::user_shutdown);
    self_->send_exit(setup_->sampler, caf::exit_reason::user_shutdown);
    self_->send_exit(setup_->builder, caf::exit_reason::user_shutdown);
    self_->send_exit(setup_->client, caf::exit_reason::user_shutdown);
    auto done = [this, promise, all](bool) mutable {
      promise.deliver(all);
      self_->quit();
    };
    if (!setup_->journal) {
      done(true);
      return;
    }
    self_->request(setup_->journal, stop_patience, stop_request{})
        .then(done, [done](caf::error&) mutable { done(false); });
  }

  pointer self_;
  std::shared_ptr<const supervisor_setup> setup_;
  std::vector<api_watcher_actor> watchers_;
  std::unordered_map<object_key, supervised> tests_;
  child_table children_;
  std::array<bool, watched_kind_count> listed_{};
  /// Reports about children that came before the list of tests.
  std::vector<watch_report> early_;
  std::chrono::steady_clock::time_point began_;
};

operator_actor::behavior_type root(operator_state::pointer self,
                                   const operator_setup& setup) {
  self->state.start(setup);
  return {
      [self](const watch_report& report) { self->state.see(report); },
      [self](const watch_trouble& trouble) { self->state.see(trouble); },
      [self](const stop_request&) { return self->state.stop(); },
  };
}

} // namespace

operator_actor spawn_operator(caf::actor_system& system, operator_setup setup) {
  return system.spawn(root, std::move(setup));
}

} // namespace locust
