#include "actors/event_recorder/event_recorder_actor.hpp"

#include "actors/event_recorder/aggregation.hpp"
#include "actors/event_recorder/outbox.hpp"
#include "actors/logging/object_line.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace locust {

namespace {

/// Timer: process the outbox.
struct outbox_tick {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::outbox_tick)

namespace locust {

namespace {

using recorder = event_recorder_actor::extend<caf::reacts_to<outbox_tick>>;

struct recorder_state {
  static constexpr const char* name = "event_recorder";

  explicit recorder_state(recorder::pointer ptr) : self(ptr) {
    // nop
  }

  void record(const record_event& x) {
    metrics.recorded.add();
    auto now = self->clock().now();
    auto found = memory.observe({x.test, x.test_uid, x.event, x.at}, now);
    if (found.what == correlation::verdict::too_many) {
      lost(event_loss::too_many);
      log_line_of(spdlog::level::debug,
                  {"event_recorder", x.test, x.test_uid,
                   "too many events, " + x.event.reason + " is not published"});
    }
    if (!found.event)
      return;
    bool raised = found.what == correlation::verdict::raised;
    bool room = out.push(std::move(*found.event), raised, now);
    if (!room)
      lost(event_loss::no_room);
    if (!room && !dropping)
      spdlog::warn(
          "more than {} events wait for the API server; dropping the oldest",
          outbox::most_waiting);
    dropping = !room;
    go_on();
  }

  /// Sends the due requests and sets the timer for the others.
  void go_on() {
    auto now = self->clock().now();
    for (auto& step : out.due(now))
      send(std::move(step));
    auto next = out.wakes_at();
    if (!next || (alarm && *alarm <= *next && *alarm > now))
      return;
    alarm = std::max(*next, now);
    self->delayed_send(self, *alarm - now, outbox_tick{});
  }

  void send(event_step step) {
    auto id = step.id;
    // The client answers, however long the request waits there.
    self->request(api, caf::infinite, std::move(step.request))
        .then([this, id](const api_response& x) { answered(id, x); },
              [this, id](const caf::error& x) {
                auto none = no_answer("the API client gave no answer: " +
                                      self->system().render(x));
                answered(id, none);
              });
  }

  void answered(uint64_t id, const api_response& response) {
    auto trouble = out.answered(id, response, self->clock().now());
    if (!trouble.empty()) {
      lost(event_loss::given_up);
      spdlog::debug("{}", trouble);
    }
    go_on();
  }

  void lost(event_loss why) const {
    metrics.dropped[static_cast<size_t>(why)].add();
  }

  recorder::pointer self;
  api_client_actor api;
  event_metrics metrics;
  presence alive;
  aggregation memory;
  outbox out;
  /// The latest Event displaced another one.
  bool dropping = false;
  /// When the next `outbox_tick` arrives. Additional ticks are harmless.
  std::optional<monotonic_time> alarm;
};

recorder::behavior_type
event_recorder(recorder::stateful_pointer<recorder_state> self,
               api_client_actor api, const event_metrics& metrics) {
  self->state.metrics = metrics;
  self->state.alive.move_to(metrics.alive);
  self->state.api = std::move(api);
  return {
      [self](const record_event& x) { self->state.record(x); },
      [self](const outbox_tick&) { self->state.go_on(); },
  };
}

} // namespace

event_recorder_actor spawn_event_recorder(caf::actor_system& system,
                                          api_client_actor api,
                                          const event_metrics& metrics) {
  return system.spawn(event_recorder, std::move(api), metrics);
}

} // namespace locust
