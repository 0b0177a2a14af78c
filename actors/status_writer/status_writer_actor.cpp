#include "actors/status_writer/status_writer_actor.hpp"

#include "actors/logging/object_line.hpp"
#include "actors/status_writer/write_plan.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace locust {

namespace {

/// Timer: process the plan.
struct write_tick {};

/// The graceful stop has taken too long.
struct stop_overdue {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::write_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::stop_overdue)

namespace locust {

namespace {

/// Maximum duration of a graceful stop: the process must exit within the grace
/// period of its pod (30 s), and other actors stop afterwards.
constexpr std::chrono::seconds stop_limit{3};

using writer = status_writer_actor::extend<caf::reacts_to<write_tick>,
                                           caf::reacts_to<stop_overdue>>;

/// The receiver of results about a LocustTest.
struct receiver_of {
  object_key test;
  supervisor_actor answer_to;
};

struct writer_state {
  static constexpr const char* name = "status_writer";

  explicit writer_state(writer::pointer ptr) : self(ptr) {
    // nop
  }

  void save(const save_status& x) {
    receivers[x.test_uid] = {x.test, x.answer_to};
    plan.save({x.test, x.test_uid, x.resource_version, x.revision, x.urgent,
               x.document, x.end, x.base, x.other_conditions, x.load},
              self->clock().now());
    go_on();
  }

  void show(const save_figures& x) {
    receivers[x.test_uid] = {x.test, x.answer_to};
    plan.show({x.test, x.test_uid, x.load}, self->clock().now());
    go_on();
  }

  void forget(const std::string& test_uid) {
    receivers.erase(test_uid);
    plan.forget(test_uid);
    go_on();
  }

  caf::typed_response_promise<bool> stop() {
    auto promise = self->make_response_promise<bool>();
    if (stopping.empty())
      self->delayed_send(self, stop_limit, stop_overdue{});
    stopping.push_back(promise);
    plan.flush(self->clock().now());
    go_on();
    return promise;
  }

  /// Sends the due requests, sets the timer for the others, and completes a
  /// graceful stop.
  void go_on() {
    auto now = self->clock().now();
    for (auto& step : plan.due(now))
      send(std::move(step));
    metrics.pending.set(static_cast<double>(plan.pending()));
    if (!stopping.empty() && plan.idle()) {
      quit(true);
      return;
    }
    auto next = plan.wakes_at();
    if (!next || (alarm && *alarm <= *next && *alarm > now))
      return;
    alarm = std::max(*next, now);
    self->delayed_send(self, *alarm - now, write_tick{});
  }

  void send(write_step step) {
    auto uid = std::move(step.test_uid);
    if (step.wants_document) {
      if (auto i = receivers.find(uid); i != receivers.end())
        self->send(i->second.answer_to, document_wanted{});
      return;
    }
    // The client answers, however long the request waits there; a request that
    // is given up too early would be in flight twice.
    self->request(api, caf::infinite, std::move(step.request))
        .then([this, uid](const api_response& x) { answered(uid, x); },
              [this, uid](const caf::error& x) {
                auto none = no_answer("the API client gave no answer: " +
                                      self->system().render(x));
                answered(uid, none);
              });
  }

  void answered(const std::string& uid, const api_response& response) {
    auto outcome = plan.answered(uid, response, self->clock().now());
    if (outcome.failed_with)
      metrics
          .failures[static_cast<size_t>(write_failure_of(*outcome.failed_with))]
          .add();
    auto receiver = receivers.find(uid);
    if (!outcome.trouble.empty() && receiver != receivers.end())
      log_line_of(spdlog::level::warn, {"status_writer", receiver->second.test,
                                        uid, outcome.trouble});
    if (outcome.stored && receiver != receivers.end())
      self->send(receiver->second.answer_to,
                 status_saved{outcome.stored->revision,
                              std::move(outcome.stored->resource_version)});
    if (outcome.superseded && receiver != receivers.end())
      self->send(
          receiver->second.answer_to,
          status_superseded{std::move(outcome.superseded->resource_version),
                            std::make_shared<const std::string>(
                                std::move(outcome.superseded->status))});
    if (outcome.vanished && receiver != receivers.end())
      receivers.erase(receiver);
    go_on();
  }

  void quit(bool all_stored) {
    for (auto& promise : stopping)
      promise.deliver(all_stored);
    self->quit();
  }

  writer::pointer self;
  api_client_actor api;
  status_metrics metrics;
  presence alive;
  write_plan plan;
  std::unordered_map<std::string, receiver_of> receivers;
  /// When the next `write_tick` arrives. Additional ticks are harmless.
  std::optional<monotonic_time> alarm;
  std::vector<caf::typed_response_promise<bool>> stopping;
};

writer::behavior_type status_writer(writer::stateful_pointer<writer_state> self,
                                    api_client_actor api,
                                    const status_metrics& metrics,
                                    uint32_t figures_per_second) {
  self->state.metrics = metrics;
  self->state.plan = write_plan(figures_per_second);
  self->state.alive.move_to(metrics.alive);
  self->state.api = std::move(api);
  return {
      [self](const save_status& x) { self->state.save(x); },
      [self](const save_figures& x) { self->state.show(x); },
      [self](const forget_status& x) { self->state.forget(x.test_uid); },
      [self](const stop_request&) { return self->state.stop(); },
      [self](const write_tick&) { self->state.go_on(); },
      [self](const stop_overdue&) {
        spdlog::warn("stopping with status writes that are not stored");
        self->state.quit(false);
      },
  };
}

} // namespace

status_writer_actor spawn_status_writer(caf::actor_system& system,
                                        api_client_actor api,
                                        const status_metrics& metrics,
                                        uint32_t figures_per_second) {
  return system.spawn(status_writer, std::move(api), metrics,
                      figures_per_second);
}

} // namespace locust
