#include "actors/load_sampler/load_sampler_actor.hpp"

#include "actors/load_sampler/schedule.hpp"
#include "actors/load_sampler/stats_reader.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace locust {

namespace {

/// A master in the same cluster that needs longer counts as unreachable; the
/// next sample is taken after the deadline at the earliest.
constexpr std::chrono::seconds sample_deadline{2};

/// The client answers within the deadline plus queueing; this limit covers a
/// lost request.
constexpr std::chrono::minutes lost_after{1};

struct sampler_state {
  static constexpr const char* name = "load_sampler";

  explicit sampler_state(load_sampler_actor::pointer ptr) : self(ptr) {
    // nop
  }

  void follow(const follow_master& x) {
    receivers[x.test_uid] = x.answer_to;
    schedule.follow(x.test_uid, x.base_url, x.expected_workers,
                    self->clock().now());
    go_on();
  }

  void unfollow(const std::string& test_uid) {
    receivers.erase(test_uid);
    schedule.unfollow(test_uid);
  }

  /// Samples the masters that are due and sets the timer for the others.
  void go_on() {
    auto now = self->clock().now();
    for (auto& master : schedule.due(now))
      ask(std::move(master));
    auto next = schedule.wakes_at();
    if (!next || (alarm && *alarm <= *next && *alarm > now))
      return;
    alarm = std::max(*next, now);
    self->delayed_send(self, *alarm - now, sample_tick{});
  }

  void ask(sample_due master) {
    api_request request;
    request.target = master.base_url + "/stats/requests";
    request.in = lane::load;
    request.deadline = sample_deadline;
    auto hear = [this, uid = std::move(master.test_uid),
                 ticket = master.ticket](const api_response* response) {
      heard(uid, ticket, response);
    };
    self->request(api, lost_after, std::move(request))
        .then([hear](const api_response& x) { hear(&x); },
              [hear](const caf::error&) { hear(nullptr); });
  }

  void heard(const std::string& uid, uint64_t ticket,
             const api_response* response) {
    std::optional<int32_t> workers;
    // A login page is a redirect or a 401: no usable answer either.
    if (response != nullptr && response->status == 200 && response->body)
      workers = connected_workers(*response->body);
    bool wanted = schedule.answered(uid, ticket, workers, self->clock().now());
    if (wanted)
      (workers ? metrics.answered : metrics.unanswered).add();
    if (auto i = receivers.find(uid); wanted && i != receivers.end())
      self->send(i->second, sample_of(workers));
    go_on();
  }

  static load_sample sample_of(std::optional<int32_t> workers) {
    load_sample result;
    result.reachable = workers.has_value();
    result.workers = workers.value_or(0);
    result.at = std::chrono::floor<timestamp::duration>(
        std::chrono::system_clock::now());
    return result;
  }

  load_sampler_actor::pointer self;
  api_client_actor api;
  sample_metrics metrics;
  presence alive;
  sample_schedule schedule;
  std::unordered_map<std::string, supervisor_actor> receivers;
  /// When the next `sample_tick` arrives. Additional ticks are harmless.
  std::optional<monotonic_time> alarm;
};

load_sampler_actor::behavior_type
load_sampler(load_sampler_actor::stateful_pointer<sampler_state> self,
             api_client_actor api, const sample_metrics& metrics) {
  self->state.metrics = metrics;
  self->state.alive.move_to(metrics.alive);
  self->state.api = std::move(api);
  return {
      [self](const follow_master& x) { self->state.follow(x); },
      [self](const unfollow_master& x) { self->state.unfollow(x.test_uid); },
      [self](const sample_tick&) { self->state.go_on(); },
  };
}

} // namespace

load_sampler_actor spawn_load_sampler(caf::actor_system& system,
                                      api_client_actor api,
                                      const sample_metrics& metrics) {
  return system.spawn(load_sampler, std::move(api), metrics);
}

} // namespace locust
