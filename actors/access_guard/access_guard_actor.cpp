#include "actors/access_guard/access_guard_actor.hpp"

#include "actors/access_guard/access_guard.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <deque>
#include <map>
#include <utility>

namespace locust {

namespace {

/// The pause before another attempt has ended.
struct ask_again {
  uint64_t id = 0;
};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::ask_again)

namespace locust {

namespace {

/// A backstop: the client answers by the deadline plus the time in its queue.
constexpr std::chrono::minutes lost_after{1};

/// Reviews in flight. Anyone can cause reviews, so their number is limited; the
/// others wait in a queue.
constexpr int most_under_way = 4;

using guard_shell = access_guard_actor::extend<caf::reacts_to<ask_again>>;

struct guard_state {
  static inline const char* name = "access_guard";

  explicit guard_state(guard_shell::pointer self_ptr) : self(self_ptr) {
    // nop
  }

  void ask(const access_question& q) {
    auto id = ++last_id;
    waiting.emplace(id, q.give);
    follow(id, core.ask(id, q.token, q.path, q.verb, self->clock().now()));
  }

  void follow(uint64_t id, access_guard::step next) {
    if (!next.trouble.empty())
      spdlog::warn("{}", next.trouble);
    if (next.send)
      turns.emplace_back(id, std::move(*next.send));
    send_next();
    if (next.pause)
      self->delayed_send(self, *next.pause, ask_again{id});
    if (next.verdict)
      waiting.extract(id).mapped()(*next.verdict);
  }

  void send_next() {
    while (under_way < most_under_way && !turns.empty()) {
      auto [id, request] = std::move(turns.front());
      turns.pop_front();
      ++under_way;
      send(id, std::move(request));
    }
  }

  void send(uint64_t id, api_request request) {
    self->request(client, lost_after, std::move(request))
        .then([this, id](const api_response& got) { answered(id, got); },
              [this, id](const caf::error& reason) {
                auto none = no_answer("the API client did not answer: " +
                                      self->system().render(reason));
                answered(id, none);
              });
  }

  void answered(uint64_t id, const api_response& got) {
    --under_way;
    follow(id, core.answered(id, got, self->clock().now()));
  }

  guard_shell::pointer self;
  api_client_actor client;
  access_guard core;
  uint64_t last_id = 0;
  int under_way = 0;
  /// Requests that wait for a free place; at most one per open question.
  std::deque<std::pair<uint64_t, api_request>> turns;
  std::map<uint64_t, verdict_callback> waiting;
};

guard_shell::behavior_type
guard_behavior(guard_shell::stateful_pointer<guard_state> self,
               api_client_actor client) {
  self->state.client = std::move(client);
  return {
      [self](const access_question& q) { self->state.ask(q); },
      [self](const ask_again& due) {
        self->state.follow(due.id, self->state.core.retry(due.id));
      },
  };
}

} // namespace

access_guard_actor spawn_access_guard(caf::actor_system& system,
                                      api_client_actor client) {
  return system.spawn(guard_behavior, std::move(client));
}

ask_access ask_access_through(access_guard_actor guard) {
  return [guard = std::move(guard)](access_question q) {
    caf::anon_send(guard, std::move(q));
  };
}

} // namespace locust
