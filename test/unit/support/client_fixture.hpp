#pragma once

#include "actors/api_client/api_client_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace locust::test {

/// Longer than anything takes on a busy machine.
inline constexpr auto patience = std::chrono::seconds(60);

/// The messages of a stream so far; filled by its sink, read by the test.
class stream_log {
public:
  struct state {
    bool opened = false;
    std::string bytes;
    std::vector<stream_closed> closed;
  };

  template <class Change>
  void change(Change f) {
    std::lock_guard guard{mutex_};
    f(state_);
    changed_.notify_all();
  }

  /// Waits until the condition holds. Returns whether it does.
  template <class Condition>
  bool wait(Condition f, std::chrono::milliseconds limit = patience) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, limit, [&] { return f(state_); });
  }

  bool wait_for_text(const std::string& text) {
    return wait([&](const state& s) {
      return s.bytes.find(text) != std::string::npos;
    });
  }

  state now() {
    std::lock_guard guard{mutex_};
    return state_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  state state_;
};

inline stream_sink_actor::behavior_type
recording_sink(stream_sink_actor::pointer,
               const std::shared_ptr<stream_log>& log) {
  return {
      [log](const stream_opened&) {
        log->change([](auto& s) { s.opened = true; });
      },
      [log](const stream_data& d) {
        log->change([&](auto& s) { s.bytes += *d.bytes; });
      },
      [log](const stream_closed& c) {
        log->change([&](auto& s) { s.closed.push_back(c); });
      },
  };
}

/// An actor system with real threads, and clients in it.
class client_fixture {
public:
  client_fixture() : system(configured(config_)), self(system) {
    // nop
  }

  ~client_fixture() {
    for (auto& sink : sinks_)
      caf::anon_send_exit(sink, caf::exit_reason::user_shutdown);
    for (auto& client : clients_)
      caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  }

  api_client_actor spawn(cluster_access a, const api_client_limits& l = {}) {
    return clients_.emplace_back(spawn_api_client(system, std::move(a), l));
  }

  api_response ask(const api_client_actor& client, api_request request) {
    api_response answer;
    self->request(client, caf::infinite, std::move(request))
        .receive([&](api_response& r) { answer = std::move(r); },
                 [&](caf::error& e) {
                   answer.failure = "no answer: " + system.render(e);
                 });
    return answer;
  }

  using request_maker = std::function<api_request(size_t)>;
  using answer_taker = std::function<void(const api_response&)>;

  /// Sends `n` requests at once and calls `take`, on another thread, with each
  /// answer. Everything they refer to must outlive the system of the fixture or
  /// the answers.
  void ask_many(const api_client_actor& client, size_t n, request_maker make,
                answer_taker take) {
    // With arguments, because for an actor function without arguments CAF binds
    // a reference to null, on which UBSan stops the test.
    system.spawn(
        [](caf::event_based_actor* me, const api_client_actor& to, size_t count,
           const request_maker& next, const answer_taker& got) {
          for (size_t i = 0; i < count; ++i)
            me->request(to, caf::infinite, next(i))
                .then(got, [](const caf::error&) {
                  // nop
                });
        },
        client, n, std::move(make), std::move(take));
  }

  static api_request get(std::string target) {
    return without_body(http_verb::get, std::move(target), lane::list);
  }

  static api_request without_body(http_verb verb, std::string target,
                                  lane in = lane::create) {
    api_request request;
    request.verb = verb;
    request.target = std::move(target);
    request.in = in;
    return request;
  }

  static api_request with_body(http_verb verb, std::string target,
                               std::string body, lane in = lane::create) {
    auto request = without_body(verb, std::move(target), in);
    request.body = std::make_shared<const std::string>(std::move(body));
    return request;
  }

  stream_sink_actor spawn_sink(const std::shared_ptr<stream_log>& log) {
    return sinks_.emplace_back(system.spawn(recording_sink, log));
  }

private:
  static caf::actor_system_config&
  configured(caf::actor_system_config& config) {
    config.set("scheduler.policy", caf::atom("sharing"));
    config.set("scheduler.max-threads", size_t{2});
    return config;
  }

  caf::actor_system_config config_;
  std::vector<stream_sink_actor> sinks_;
  std::vector<api_client_actor> clients_;

public:
  caf::actor_system system;
  caf::scoped_actor self;
};

} // namespace locust::test
