#include "actors/report_keeper/report_keeper_actor.hpp"

#include "actors/report_keeper/report_plan.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace locust {

namespace {

/// Timer: the next request is due.
struct report_tick {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::report_tick)

namespace locust {

namespace {

using keeper = report_keeper_actor::extend<caf::reacts_to<report_tick>>;
using promise = caf::typed_response_promise<report_result>;

struct keeper_state {
  static constexpr const char* name = "report_keeper";

  explicit keeper_state(keeper::pointer ptr) : self(ptr) {
    // nop
  }

  caf::result<report_result> keep(const keep_report& x) {
    auto answer = self->make_response_promise<report_result>();
    if (!plan.keep(x, self->clock().now())) {
      answer.deliver(report_result{{}, {}, "it is already being collected"});
      return answer;
    }
    waiting.emplace(x.test_uid, answer);
    go_on();
    return answer;
  }

  void master_ended(const std::string& test_uid) {
    plan.master_ended(test_uid, self->clock().now());
    go_on();
  }

  /// Sends the due requests, delivers outcomes, and sets the timer.
  void go_on() {
    auto now = self->clock().now();
    for (auto& step : plan.due(now))
      send(std::move(step));
    for (auto& done : plan.take_outcomes()) {
      auto found = waiting.extract(done.test_uid);
      found.mapped().deliver(std::move(done.result));
    }
    auto next = plan.wakes_at();
    if (!next || (alarm && *alarm <= *next && *alarm > now))
      return;
    alarm = std::max(*next, now);
    self->delayed_send(self, *alarm - now, report_tick{});
  }

  void send(report_plan::step step) {
    // The client answers, however long the request waits there.
    self->request(api, caf::infinite, std::move(step.request))
        .then([this, uid = step.test_uid](
                  const api_response& x) { answered(uid, x); },
              [this, uid = step.test_uid](const caf::error& x) {
                answered(uid, no_answer("the API client gave no answer: " +
                                        self->system().render(x)));
              });
  }

  void answered(const std::string& uid, const api_response& response) {
    plan.answered(uid, response, self->clock().now());
    go_on();
  }

  keeper::pointer self;
  api_client_actor api;
  report_plan plan;
  /// By test uid.
  std::unordered_map<std::string, promise> waiting;
  /// When the next `report_tick` arrives. Additional ticks are harmless.
  std::optional<monotonic_time> alarm;
};

keeper::behavior_type report_keeper(keeper::stateful_pointer<keeper_state> self,
                                    api_client_actor api) {
  self->state.api = std::move(api);
  return {
      [self](const keep_report& x) { return self->state.keep(x); },
      [self](const drop_report& x) { self->state.master_ended(x.test_uid); },
      [self](const report_tick&) { self->state.go_on(); },
  };
}

} // namespace

report_keeper_actor spawn_report_keeper(caf::actor_system& system,
                                        api_client_actor api,
                                        report_thread on) {
  if (on == report_thread::shared)
    return system.spawn(report_keeper, std::move(api));
  return system.spawn<caf::detached>(report_keeper, std::move(api));
}

} // namespace locust
