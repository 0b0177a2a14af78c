#include "actors/api_client/api_client_actor.hpp"

#include "actors/api_client/client_core.hpp"
#include "actors/api_client/credential_loader.hpp"
#include "actors/api_client/request_meter.hpp"
#include "actors/api_client/transport.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace locust {

namespace {

/// Events of one round of the network thread.
struct network_events {
  std::shared_ptr<std::vector<transfer_event>> events;
};

/// The result of the credential loader.
struct credential_result {
  std::shared_ptr<result<fresh_credential>> fresh;
};

/// The timer of the core.
struct wake_up {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::network_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::credential_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::wake_up)

namespace locust {

namespace {

using client_shell = api_client_actor::extend<caf::reacts_to<network_events>,
                                              caf::reacts_to<credential_result>,
                                              caf::reacts_to<wake_up>>;

constexpr auto user_agent = "locust-operator/" LOCUST_OPERATOR_VERSION;
constexpr auto stopping = "the operator is stopping";

struct client_state {
  static inline const char* name = "api_client";

  explicit client_state(client_shell::pointer self_ptr) : self(self_ptr) {
    // nop
  }

  /// Kill messages end the actor here directly. Joins the network thread, which
  /// never waits for an actor.
  ~client_state() {
    stop();
  }

  void start(cluster_access access, const api_client_limits& limits,
             write_rule writes, const api_metrics& metrics) {
    alive.move_to(metrics.alive);
    meter.emplace(metrics);
    // Strong handles: as long as the threads run, only an exit message may end
    // this actor. If a thread dropped the last handle, it would have to join
    // itself.
    auto handle = client_shell{self};
    core.emplace(access, limits);
    loader = std::make_unique<credential_loader>(
        access, [handle](result<fresh_credential> fresh) {
          caf::anon_send(handle, credential_result{
                                     std::make_shared<result<fresh_credential>>(
                                         std::move(fresh))});
        });
    network = std::make_unique<transport>(
        std::move(access), user_agent,
        [handle](std::vector<transfer_event> events) {
          caf::anon_send(
              handle,
              network_events{std::make_shared<std::vector<transfer_event>>(
                  std::move(events))});
        },
        writes);
  }

  void stop() {
    if (auto last = std::exchange(core, std::nullopt))
      carry_out(last->stop(stopping));
    network.reset();
    loader.reset();
    streams.clear();
  }

  // -- requests ---------------------------------------------------------------

  using promise = caf::typed_response_promise<api_response>;

  promise submit(const api_request& request) {
    auto answer = self->make_response_promise<api_response>();
    auto id = ++last_id;
    promises.emplace(id, answer);
    carry_out(core->submit(id, request, now()));
    return answer;
  }

  // -- streams ----------------------------------------------------------------

  void open(const open_stream& order) {
    auto sink = caf::actor_cast<caf::actor_addr>(order.sink);
    auto id = ++last_id;
    close({order.id, order.sink}); // reopening an id replaces the stream
    streams.emplace(id, sink_entry{sink, order.id});
    self->monitor(order.sink);
    carry_out(
        core->open(id, order.target, order.silence_limit, order.accept, now()));
  }

  void close(const close_stream& order) {
    auto sink = caf::actor_cast<caf::actor_addr>(order.sink);
    for (const auto& [id, entry] : streams) {
      if (entry.sink == sink && entry.id == order.id) {
        forget(id);
        return;
      }
    }
  }

  void on_sink_down(const caf::actor_addr& sink) {
    for (auto i = streams.begin(); i != streams.end();) {
      auto id = (i++)->first;
      if (streams.at(id).sink == sink)
        forget(id);
    }
  }

  void forget(uint64_t id) {
    auto found = streams.find(id);
    self->demonitor(found->second.sink);
    streams.erase(found);
    carry_out(core->close(id));
  }

  void send_to_sink(const transfer_event& event) {
    auto found = streams.find(event.id);
    if (found == streams.end())
      return;
    auto entry = found->second;
    auto sink = caf::actor_cast<stream_sink_actor>(entry.sink);
    auto over = event.what == transfer_event::kind::ended;
    if (over) {
      self->demonitor(entry.sink);
      streams.erase(found);
    }
    if (!sink)
      return; // its down message is on the way
    if (over)
      self->send(sink, stream_closed{entry.id, event.status, event.body,
                                     event.failure, event.retry_after});
    else if (event.what == transfer_event::kind::opened)
      self->send(sink, stream_opened{entry.id});
    else
      self->send(sink, stream_data{entry.id, event.body});
  }

  // -- effects ----------------------------------------------------------------

  void carry_out(client_effects effects) {
    for (auto& effect : effects)
      std::visit([this](auto& e) { carry_out(std::move(e)); }, effect);
    if (core)
      meter->waits(core->queue());
    set_timer();
  }

  void carry_out(start_transfer&& effect) {
    meter->started(effect.order, now());
    network->start(std::move(effect.order));
  }

  void carry_out(cancel_transfer&& effect) {
    meter->cancelled(effect.id);
    network->cancel(effect.id);
  }

  void carry_out(answer_request&& effect) {
    auto found = promises.find(effect.id);
    found->second.deliver(std::move(effect.response));
    promises.erase(found);
  }

  void carry_out(stream_update&& effect) {
    send_to_sink(effect.event);
  }

  void carry_out(load_credential&&) {
    loader->load();
  }

  /// One timer at a time; one that fires too early sets the next.
  void set_timer() {
    if (!core || timer_runs)
      return;
    if (auto at = core->wakes_at(now())) {
      timer_runs = true;
      self->delayed_send(self, *at - now(), wake_up{});
    }
  }

  monotonic_time now() const {
    return self->clock().now();
  }

  struct sink_entry {
    caf::actor_addr sink;
    uint64_t id = 0;
  };

  client_shell::pointer self;
  presence alive;
  std::optional<request_meter> meter;
  uint64_t last_id = 0;
  std::unordered_map<uint64_t, promise> promises;
  std::map<uint64_t, sink_entry> streams;
  bool timer_runs = false;
  std::optional<client_core> core;
  std::unique_ptr<credential_loader> loader;
  std::unique_ptr<transport> network;
};

client_shell::behavior_type
client_behavior(client_shell::stateful_pointer<client_state> self,
                const cluster_access& access, const api_client_limits& limits,
                write_rule writes, const api_metrics& metrics) {
  auto& state = self->state;
  state.start(access, limits, writes, metrics);
  self->set_down_handler(
      [&state](const caf::down_msg& down) { state.on_sink_down(down.source); });
  self->set_exit_handler([self](const caf::exit_msg& exit) {
    self->state.stop();
    self->quit(exit.reason);
  });
  return {
      [&state](const api_request& request) { return state.submit(request); },
      [&state](const open_stream& order) { state.open(order); },
      [&state](const close_stream& order) { state.close(order); },
      [&state](const write_permit& permit) {
        if (state.network)
          state.network->permit(permit.until);
      },
      [&state](const network_events& x) {
        for (const auto& event : *x.events)
          state.meter->on_event(event, state.now());
        state.carry_out(
            state.core->transferred(std::move(*x.events), state.now()));
      },
      [&state](const credential_result& x) {
        if (!*x.fresh)
          spdlog::warn("{}", x.fresh->error().message);
        state.carry_out(
            state.core->credential_loaded(std::move(*x.fresh), state.now()));
      },
      [&state](const wake_up&) {
        state.timer_runs = false;
        state.carry_out(state.core->wake(state.now()));
      },
  };
}

} // namespace

api_client_actor spawn_api_client(caf::actor_system& system,
                                  cluster_access access,
                                  const api_client_limits& limits,
                                  write_rule writes,
                                  const api_metrics& metrics) {
  return system.spawn(client_behavior, std::move(access), limits, writes,
                      metrics);
}

} // namespace locust
