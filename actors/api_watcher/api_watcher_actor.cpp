#include "actors/api_watcher/api_watcher_actor.hpp"

#include "actors/api_watcher/reflector.hpp"
#include "protocol/kubernetes/answer.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <optional>

namespace locust {

namespace {

using namespace watcher;

/// Deadline of one page after it is sent: 500 large objects from a busy API
/// server.
constexpr std::chrono::seconds page_deadline{60};

/// A backstop for a lost request: the client answers by the deadline plus the
/// time in its queue.
constexpr std::chrono::minutes lost_request{5};

/// Bookmarks arrive about every minute; a stream without data for 50 % longer
/// is dead.
constexpr std::chrono::seconds bookmarked_silence{90};

/// The API server serves Events without its watch cache and so without
/// bookmarks: an idle watch is silent until its timeout. Other watches on the
/// same connection detect when it is dead.
constexpr auto event_silence =
    reflector::longest_watch + std::chrono::seconds(30);

std::chrono::seconds silence_limit(watched_kind kind) {
  bool events = kind == watched_kind::pod_warnings ||
                kind == watched_kind::job_warnings ||
                kind == watched_kind::pod_evictions;
  return events ? event_silence : bookmarked_silence;
}

shared_text nothing() {
  return std::make_shared<const std::string>();
}

watch_end end_of(const stream_closed& x) {
  if (class_of(x.status) == answer_class::expired)
    return watch_end::expired;
  if (x.status != 200)
    return watch_end::refused;
  return x.failure.empty() ? watch_end::ended : watch_end::broken;
}

struct api_watcher_state {
  static constexpr const char* name = "api_watcher";

  explicit api_watcher_state(api_watcher_actor::pointer self_ptr)
      : self(self_ptr) {
    // nop
  }

  monotonic_time now() const {
    return self->clock().now();
  }

  void run(reflector_effects effects) {
    for (auto& effect : effects)
      std::visit([this](auto& what) { carry_out(what); }, effect);
  }

  void carry_out(fetch_page& what) {
    api_request request;
    request.target = std::move(what.path);
    request.accept = std::move(what.accept);
    request.deadline = page_deadline;
    request.largest_answer = what.largest;
    self->request(client, lost_request, std::move(request))
        .then(
            [this](const api_response& got) {
              run(core->on_list_answer(got, now()));
            },
            [this](const caf::error& reason) {
              auto text = "the API client did not answer: " +
                          self->system().render(reason);
              run(core->on_list_answer({0, nothing(), text, {}}, now()));
            });
  }

  void carry_out(start_stream& what) {
    open_stream request;
    request.id = what.id;
    request.target = std::move(what.path);
    request.accept = std::move(what.accept);
    request.silence_limit = silence_limit(core->target().kind);
    request.sink = caf::actor_cast<stream_sink_actor>(self);
    self->send(client, std::move(request));
  }

  void carry_out(const stop_stream& what) {
    if (what.why != stream_fault::none)
      count(what.why == stream_fault::expired ? watch_end::expired
                                              : watch_end::left);
    self->send(client,
               close_stream{what.id, caf::actor_cast<stream_sink_actor>(self)});
  }

  void carry_out(const start_timer& what) {
    self->delayed_send(self, what.delay, look_again{what.generation});
  }

  void carry_out(report_observations& what) {
    auto batch = std::make_shared<const observations>(std::move(what.batch));
    self->send(report_to, watch_report{core->target().kind, std::move(batch),
                                       scope(), source});
  }

  void carry_out(report_trouble& what) {
    self->send(report_to, watch_trouble{core->target().kind, what.status,
                                        std::move(what.sentence), scope()});
  }

  void count(watch_end why) const {
    metrics
        .restarts[static_cast<size_t>(core->target().kind)]
                 [static_cast<size_t>(why)]
        .add();
  }

  /// The watched namespace; empty if all are watched.
  std::string scope() const {
    return core->target().ns.value_or(std::string{});
  }

  void carry_out(const log_line& what) {
    spdlog::log(what.odd ? spdlog::level::warn : spdlog::level::debug, "{}",
                what.text);
  }

  api_watcher_actor::pointer self;
  api_client_actor client;
  operator_actor report_to;
  std::optional<reflector> core;
  watch_metrics metrics;
  presence alive;
  /// What is being read.
  shared_text source;
};

api_watcher_actor::behavior_type
api_watcher(api_watcher_actor::stateful_pointer<api_watcher_state> self,
            watch_target target, api_client_actor client,
            operator_actor report_to, uint64_t seed,
            const watch_metrics& metrics) {
  auto& state = self->state;
  state.metrics = metrics;
  state.alive.move_to(metrics.alive);
  state.client = std::move(client);
  state.report_to = std::move(report_to);
  state.core.emplace(std::move(target), seed);
  state.run(state.core->start());
  return {
      [&state](const stream_opened& x) {
        state.run(state.core->on_opened(x.id, state.now()));
      },
      [&state](const stream_data& x) {
        state.source = x.bytes;
        state.run(state.core->on_bytes(x.id, *x.bytes, state.now()));
        state.source.reset();
      },
      [&state](const stream_closed& x) {
        state.count(end_of(x));
        state.run(state.core->on_closed(
            x.id,
            {x.status, x.body ? x.body : nothing(), x.failure, x.retry_after},
            state.now()));
      },
      [&state](const look_again& x) {
        state.run(state.core->on_timer(x.generation));
      },
      [self](const stop_request&) {
        self->state.run(self->state.core->stop());
        self->quit();
      },
  };
}

} // namespace

api_watcher_actor spawn_api_watcher(caf::actor_system& system,
                                    watch_target target,
                                    api_client_actor client,
                                    operator_actor report_to, uint64_t seed,
                                    const watch_metrics& metrics) {
  return system.spawn(api_watcher, std::move(target), std::move(client),
                      std::move(report_to), seed, metrics);
}

} // namespace locust
