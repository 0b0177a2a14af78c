#include "actors/load_sampler/load_sampler_actor.hpp"

#include "actors/load_sampler/figures.hpp"
#include "actors/load_sampler/schedule.hpp"
#include "actors/load_sampler/stats_reader.hpp"
#include "actors/load_sampler/unanswered.hpp"

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
    schedule.follow(x.test_uid, x.master, self->clock().now());
    go_on();
  }

  void unfollow(const std::string& test_uid) {
    receivers.erase(test_uid);
    schedule.unfollow(test_uid);
  }

  /// Samples the masters that are due and sets the timer for the others.
  void go_on() {
    auto now = self->clock().now();
    for (const auto& master : schedule.due(now))
      ask(master);
    auto next = schedule.wakes_at();
    if (!next || (alarm && *alarm <= *next && *alarm > now))
      return;
    alarm = std::max(*next, now);
    self->delayed_send(self, *alarm - now, sample_tick{});
  }

  /// Asks the web API; if that has no usable answer, looks whether workers can
  /// connect.
  void ask(const sample_due& due) {
    if (due.master.web_url.empty()) {
      knock(due, {});
      return;
    }
    api_request request;
    request.target = due.master.web_url + "/stats/requests";
    send(std::move(request), [this, due](const api_response& answer) {
      // A login page is a redirect or a 401: no usable answer either.
      auto stats = answer.status == 200 && answer.body
                       ? read_stats(*answer.body)
                       : std::nullopt;
      if (stats)
        heard(due, stats, sample_of(*stats, due.master.target_users));
      else
        knock(due, unanswered_by(answer));
    });
  }

  /// Opens a connection to the port for workers and closes it again, which
  /// Locust does not notice. It needs no probe in the pods, and works as soon
  /// as Locust has read its locustfile.
  void knock(const sample_due& due, load_sample sample) {
    if (due.master.worker_url.empty()) {
      heard(due, std::nullopt, std::move(sample));
      return;
    }
    api_request request;
    request.target = due.master.worker_url;
    request.connect_only = true;
    send(std::move(request), [this, due, sample](const api_response& answer) {
      auto heard_of = sample;
      heard_of.listens = answer.failure.empty() && answer.status != 0;
      heard(due, std::nullopt, std::move(heard_of));
    });
  }

  template <class Hear>
  void send(api_request request, const Hear& hear) {
    request.in = lane::load;
    request.deadline = sample_deadline;
    self->request(api, lost_after, std::move(request))
        .then([hear](const api_response& x) { hear(x); },
              [hear](const caf::error&) {
                hear(no_answer("the client is gone"));
              });
  }

  void heard(const sample_due& due, const std::optional<master_stats>& stats,
             load_sample sample) {
    const auto& uid = due.test_uid;
    bool wanted =
        schedule.answered(uid, due.ticket, stats, self->clock().now());
    if (wanted)
      (is_answer(due, stats, sample) ? metrics.answered : metrics.unanswered)
          .add();
    sample.at = std::chrono::floor<timestamp::duration>(
        std::chrono::system_clock::now());
    if (auto i = receivers.find(uid); wanted && i != receivers.end())
      self->send(i->second, std::move(sample));
    go_on();
  }

  static bool is_answer(const sample_due& due,
                        const std::optional<master_stats>& stats,
                        const load_sample& sample) {
    return stats || (due.master.web_url.empty() && sample.listens);
  }

  static load_sample sample_of(const master_stats& stats,
                               std::optional<int64_t> target_users) {
    load_sample result;
    result.reachable = true;
    result.workers = stats.workers;
    result.pods = stats.pods;
    result.state = stats.state;
    result.figures =
        std::make_shared<const std::string>(figures_text(stats, target_users));
    result.measured = std::make_shared<const measured_load>(
        measured_load{stats.figures, stats.totals});
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
