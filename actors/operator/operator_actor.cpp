#include "actors/operator/operator_actor.hpp"

#include "actors/access_guard/access_guard_actor.hpp"
#include "actors/api_client/api_client_actor.hpp"
#include "actors/api_client/boot_clock.hpp"
#include "actors/api_watcher/api_watcher_actor.hpp"
#include "actors/certificates/certificates_actor.hpp"
#include "actors/event_recorder/event_recorder_actor.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/journal/journal_actor.hpp"
#include "actors/leader/leader_actor.hpp"
#include "actors/load_sampler/load_sampler_actor.hpp"
#include "actors/logging/object_line.hpp"
#include "actors/operator/actor_health.hpp"
#include "actors/operator/counted_run.hpp"
#include "actors/operator/dispatcher.hpp"
#include "actors/operator/health_actor.hpp"
#include "actors/operator/release_plan.hpp"
#include "actors/operator/unused_memory.hpp"
#include "actors/operator/watch_targets.hpp"
#include "actors/report_keeper/report_keeper_actor.hpp"
#include "actors/resource_builder/resource_builder_actor.hpp"
#include "actors/run_queue/run_queue_actor.hpp"
#include "actors/status_writer/status_writer_actor.hpp"
#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/run_clock.hpp"
#include "actors/supervisor/status_document.hpp"
#include "actors/supervisor/supervisor_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <vector>

namespace locust {

namespace {

/// Time limit for the release of the Lease. Without it, others wait for longer.
constexpr std::chrono::milliseconds release_timeout{1200};

/// How often to look whether unused memory may be released.
constexpr std::chrono::seconds release_interval{2};

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
    auto metrics =
        setup.metrics ? setup.metrics->handles() : operator_metrics{};
    shared->metrics = metrics.supervisors;
    leads_metric_ = metrics.leader;
    bool elects = setup.election.has_value();
    shared->elects = elects;
    shared->leads = !elects;
    shared->suspends = setup.suspends_after_end;
    shared->access = setup.access_to_masters;
    auto client = [&](write_rule writes) {
      return spawn_api_client(sys, setup.access, {}, writes, metrics.api);
    };
    shared->client = client(elects ? write_rule::by_permit : write_rule::free);
    unfenced_ = elects ? client(write_rule::free) : shared->client;
    shared->settings = setup.settings;
    builder_ = spawn_resource_builder(sys, shared->client, setup.settings,
                                      metrics.children);
    shared->queue = spawn_run_queue(sys, builder_);
    shared->writer = spawn_status_writer(sys, shared->client, metrics.statuses,
                                         setup.live_status_qps);
    shared->recorder =
        spawn_event_recorder(sys, shared->client, metrics.events);
    shared->sampler = spawn_load_sampler(sys, shared->client, metrics.samples);
    if (setup.keeps_reports)
      shared->keeper = spawn_report_keeper(sys, shared->client);
    if (!setup.journal_path.empty())
      shared->journal = spawn_journal(sys, {setup.journal_path});
    if (setup.guards_metrics) {
      guard_ = spawn_access_guard(sys, unfenced_);
      setup.gateway.server->guard_metrics(ask_access_through(guard_));
    }
    if (setup.gateway.server)
      gateway_ = spawn_gateway(sys, std::move(setup.gateway));
    if (gateway_ && setup.certificates) {
      setup.certificates->seed = ++setup.seed;
      certificates_ = spawn_certificates(
          sys, {unfenced_, gateway_, std::move(*setup.certificates), wall_now});
    }
    shared->now = wall_now;
    shared->start_clock = [] {
      return run_clock_from(wall_now(), boot_now);
    };
    shared->root = operator_actor{self_};
    setup_ = shared;
    tests_.emplace(
        setup.namespaces, [this](auto test) { return follow(std::move(test)); },
        [this](auto test, const finished_run& run) {
          return follow(std::move(test), run.stored_here);
        },
        [this](const locust_test& test) {
          // The journal begins with the status of each test.
          return counted(setup_->journal ? nullptr
                                         : finished_run_of(test, wall_now()),
                         test.key, setup_->metrics);
        },
        [this](const supervisor_actor& test, const observation& what) {
          setup_->metrics.queued.add(1);
          setup_->metrics.queued_total.add();
          self_->send(test, what);
        });
    for (auto& target : targets_of(setup.namespaces))
      watchers_.push_back(spawn_api_watcher(
          sys, std::move(target), setup_->client, operator_actor{self_},
          ++setup.seed, metrics.watches));
    if (elects) {
      lease_client_ = client(write_rule::free);
      leader_ =
          spawn_leader(sys, {std::move(*setup.election), lease_client_,
                             setup_->client, operator_actor{self_},
                             [] {
                               return election_time{boot_now(), wall_now()};
                             },
                             std::move(setup.lease_lost), ++setup.seed});
    }
    watch_over_all(std::move(setup.actor_lost));
  }

  void on_watch_report(const watch_report& report) {
    plan_release();
    if (!tests_ || !tests_->on_watch_report(report))
      return;
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began_);
    spdlog::info("ready: all lists are complete after {} ms; LocustTests: {}",
                 took.count(), tests_->tests());
    listed_ = true;
    show_caches();
    release_unused_memory();
  }

  void on_watch_trouble(const watch_trouble& trouble) {
    log(trouble);
    faults_[describe(target_of(trouble))] = {trouble.status, trouble.reason};
    show_caches();
  }

  void lead() {
    if (!tests_)
      return; // stopping
    auto leading = std::make_shared<supervisor_setup>(*setup_);
    leading->leads = true;
    setup_ = std::move(leading);
    leads_metric_.set(1);
    spdlog::info("leading; LocustTests: {}", tests_->tests());
    plan_release();
    tests_->for_each([this](const supervisor_actor& test) {
      self_->send(test, leadership{});
    });
    // The old leader may not have published their last Events.
    tests_->revive_since(wall_now() - lifecycle::announce_again_within);
  }

  /// The run of a test needs nothing more.
  void retire(const retire_run& what) {
    if (!tests_ ||
        !tests_->retire(what.test, what.supervisor, what.heard,
                        counted(what.run, what.test, setup_->metrics)))
      return;
    self_->send(setup_->writer, forget_status{what.test_uid});
    self_->send(what.supervisor, stop_request{});
    plan_release();
  }

  void on_timer() {
    if (release_.tick())
      release_unused_memory();
    else
      self_->delayed_send(self_, release_interval, look_again{});
  }

  void on_down(const caf::down_msg& down) {
    // All writes are done, so release the Lease.
    if (down.source == setup_->client.address())
      await_end(leader_, release_timeout);
    else if (tests_ && down.reason)
      on_crash(down);
  }

  caf::result<bool> stop() {
    spdlog::info("stopping");
    end(health_, certificates_);
    for (auto& watcher : watchers_)
      self_->send(watcher, stop_request{});
    tests_->for_each([this](const supervisor_actor& test) {
      self_->send(test, stop_request{});
    });
    tests_.reset();
    stopping_ = self_->make_response_promise<bool>();
    open_ends_ = gateway_ ? 2 : 1;
    all_stored_ = true;
    await_writes(setup_->writer, stop_timeout);
    // A creation that is cut off may still happen, so the next leader would
    // meet a child that nobody knows to have been created.
    await_writes(setup_->queue, creations_timeout);
    if (gateway_)
      await_end(gateway_);
    return stopping_;
  }

private:
  supervisor_actor follow(std::shared_ptr<const locust_test> test,
                          bool stored_here = false) {
    auto made =
        spawn_supervisor(self_->system(), setup_, std::move(test), stored_here);
    self_->monitor(made);
    return made;
  }

  void plan_release() {
    if (release_.touch())
      self_->delayed_send(self_, release_interval, look_again{});
  }

  /// Updates the readiness check with what is missing.
  void show_caches() {
    if (!gateway_)
      return;
    self_->send(gateway_, caches_state{why_not_ready(listed_, faults_)});
  }

  // -- faults of actors -------------------------------------------------------

  void watch_over_all(std::function<void()> actor_lost) {
    std::vector<vital_actor> all;
    auto add = [&](const char* role, const auto& actor) {
      if (actor)
        all.push_back({role, caf::actor_cast<caf::actor>(actor)});
    };
    add("operator", operator_actor{self_});
    add("api_client", setup_->client);
    if (unfenced_ != setup_->client)
      add("api_client without fence", unfenced_);
    add("api_client for the Lease", lease_client_);
    add("leader", leader_);
    add("resource_builder", builder_);
    add("run_queue", setup_->queue);
    add("status_writer", setup_->writer);
    add("event_recorder", setup_->recorder);
    add("load_sampler", setup_->sampler);
    add("report_keeper", setup_->keeper);
    add("journal", setup_->journal);
    add("access_guard", guard_);
    add("gateway", gateway_);
    add("certificates", certificates_);
    for (const auto& watcher : watchers_)
      add("api_watcher", watcher);
    health_ = spawn_health(self_->system(),
                           {std::move(all), gateway_, std::move(actor_lost)});
  }

  /// The supervisor of one test failed. It stays without one: with the same
  /// input another one would fail, too, and the other tests must go on.
  void on_crash(const caf::down_msg& down) {
    auto test = tests_->find_if([&](const supervisor_actor& one) {
      return one.address() == down.source;
    });
    if (!test)
      return;
    setup_->metrics.crashes.add();
    auto why = why_unfollowed(self_->system().render(down.reason));
    log_line_of(spdlog::level::warn,
                {"supervisor", test->first, test->second, why, "crash"});
    if (!setup_->leads)
      return;
    self_->send(setup_->recorder,
                record_event{test->first, test->second, crash_event(why),
                             setup_->now()});
  }

  // -- shutdown ---------------------------------------------------------------

  /// Ends these actors; null handles are skipped.
  template <class... Handles>
  void end(const Handles&... parts) {
    constexpr auto why = caf::exit_reason::user_shutdown;
    ((parts ? self_->send_exit(parts, why) : void()), ...);
  }

  /// The requests to all writers run at the same time.
  template <class Handle>
  void await_writes(const Handle& part, std::chrono::milliseconds patience) {
    ++writers_;
    self_->request(part, patience, stop_request{})
        .then([this](bool done) { written(done); },
              [this](const caf::error&) { written(false); });
  }

  void written(bool done) {
    all_stored_ = all_stored_ && done;
    if (--writers_ == 0)
      close_clients();
  }

  void close_clients() {
    if (!all_stored_)
      spdlog::warn("stopped before all writes were answered; the operator "
                   "repeats them after the next start");
    end(guard_, setup_->recorder, setup_->sampler, setup_->keeper,
        setup_->queue, builder_);
    if (leader_) {
      ++open_ends_;
      self_->monitor(setup_->client);
    }
    end(setup_->client);
    if (setup_->journal) {
      ++open_ends_;
      await_end(setup_->journal);
    }
    closed_one();
  }

  template <class Handle>
  void await_end(const Handle& part,
                 std::chrono::milliseconds patience = stop_timeout) {
    self_->request(part, patience, stop_request{})
        .then([this](bool) { closed_one(); },
              [this](const caf::error&) { closed_one(); });
  }

  void closed_one() {
    if (--open_ends_ > 0)
      return;
    end(unfenced_, lease_client_);
    stopping_.deliver(all_stored_);
    self_->quit();
  }

  pointer self_;
  std::shared_ptr<const supervisor_setup> setup_;
  resource_builder_actor builder_;
  std::vector<api_watcher_actor> watchers_;
  /// Not set while stopping.
  std::optional<dispatcher<supervisor_actor>> tests_;
  std::chrono::steady_clock::time_point began_;
  gateway_actor gateway_;
  access_guard_actor guard_;
  /// For requests of any replica. Its own client only with an election.
  api_client_actor unfenced_;
  /// For the Lease; null without an election, like `leader_`.
  api_client_actor lease_client_;
  leader_actor leader_;
  gauge leads_metric_;
  /// Whether all lists have been complete once.
  bool listed_ = false;
  watch_faults faults_;
  health_actor health_;
  certificates_actor certificates_;
  caf::typed_response_promise<bool> stopping_;
  int writers_ = 0;
  int open_ends_ = 0;
  release_plan release_;
  bool all_stored_ = false;
};

operator_actor::behavior_type root(operator_state::pointer self,
                                   const operator_setup& setup) {
  auto& state = self->state;
  state.start(setup);
  self->set_down_handler(
      [&state](const caf::down_msg& x) { state.on_down(x); });
  return {
      [&state](const watch_report& x) { state.on_watch_report(x); },
      [&state](const watch_trouble& x) { state.on_watch_trouble(x); },
      [&state](const leadership&) { state.lead(); },
      [&state](const retire_run& x) { state.retire(x); },
      [&state](const look_again&) { state.on_timer(); },
      [&state](const stop_request&) { return state.stop(); },
  };
}

} // namespace

operator_actor spawn_operator(caf::actor_system& system, operator_setup setup) {
  return system.spawn(root, std::move(setup));
}

} // namespace locust
