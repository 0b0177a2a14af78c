#include "actors/leader/leader_actor.hpp"

#include "protocol/basics/line_splitter.hpp"
#include "protocol/kubernetes/answer.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>

namespace locust {

namespace {

/// A backstop: the client answers by the request's deadline. The renew deadline
/// does not depend on an answer.
constexpr std::chrono::seconds lost_after{30};

/// Linux returns a new UUID at each read.
constexpr const char* random_uuid = "/proc/sys/kernel/random/uuid";

void log(const log_message& x) {
  if (x.level == message_level::info)
    spdlog::info("{}", x.text);
  else
    spdlog::warn("{}", x.text);
}

struct leader_state {
  using pointer = leader_actor::stateful_pointer<leader_state>;

  static constexpr const char* name = "locust.leader";

  explicit leader_state(pointer ptr) : self(ptr) {
    // nop
  }

  void start(leader_setup with) {
    setup = std::move(with);
    core.emplace(setup.settings, setup.seed);
    carry_out(core->begin(setup.now()));
  }

  void on_look_again(const look_again& due) {
    if (due.generation != generation)
      return;
    timer_at.reset();
    carry_out(core->wake(setup.now()));
  }

  // -- the watch --------------------------------------------------------------

  void on_stream_data(const stream_data& data) {
    if (data.id != stream)
      return;
    lines.feed(*data.bytes);
    while (auto line = lines.next())
      carry_out(core->seen(*line, setup.now()));
  }

  void on_stream_closed(const stream_closed& closed) {
    if (closed.id == stream)
      carry_out(core->closed(closed.status, setup.now()));
  }

  void follow(std::string target) {
    open_stream order;
    order.id = ++stream;
    order.target = std::move(target);
    order.sink = self;
    lines = line_splitter{};
    self->send(setup.lease_client, std::move(order));
  }

  void unfollow() {
    self->send(setup.lease_client, close_stream{stream++, self});
  }

  // -- effects ----------------------------------------------------------------

  void carry_out(election_step step) {
    for (const auto& x : step.messages)
      log(x);
    if (!step.lost.empty())
      return setup.lost(step.lost);
    if (step.unfollow)
      unfollow();
    if (step.follow)
      follow(std::move(*step.follow));
    if (step.held_until) // before anything is written under it
      self->send<caf::message_priority::high>(setup.fenced_client,
                                              write_permit{*step.held_until});
    if (step.won) {
      self->send(setup.root, leadership{});
      publish(*step.won);
    }
    if (step.request)
      ask(*step.request);
    if (step.released)
      return end(*step.released);
    set_timer();
  }

  void ask(const api_request& request) {
    self->request(setup.lease_client, lost_after, request)
        .then([this](const api_response& x) { answered(x); },
              [this](const caf::error& x) {
                auto none = no_answer("the API client did not answer: " +
                                      self->system().render(x));
                answered(none);
              });
  }

  void answered(const api_response& response) {
    carry_out(core->answered(response, setup.now()));
  }

  void publish(const api_request& event) {
    self->request(setup.lease_client, lost_after, event)
        .then(
            [](const api_response& x) {
              if (!is_success(x))
                spdlog::debug("cannot record the LeaderElection event: HTTP "
                              "status {}",
                              x.status);
            },
            [](const caf::error&) {
              // The operator is stopping.
            });
  }

  /// One timer at a time; one that fires too early sets the next.
  void set_timer() {
    auto due = core->wakes_at();
    if (!due || (timer_at && *timer_at <= *due))
      return;
    timer_at = due;
    auto delay = std::max<std::chrono::nanoseconds>(
        *due - setup.now().boot, std::chrono::milliseconds(1));
    self->delayed_send(self, delay, look_again{++generation});
  }

  caf::typed_response_promise<bool> stop() {
    stopping = self->make_response_promise<bool>();
    carry_out(core->release(setup.now()));
    return stopping;
  }

  void end(bool released) {
    stopping.deliver(released);
    self->quit();
  }

  pointer self;
  leader_setup setup;
  std::optional<election> core;
  line_splitter lines;
  /// Id of the newest watch.
  uint64_t stream = 0;
  std::optional<boot_time> timer_at;
  uint64_t generation = 0;
  caf::typed_response_promise<bool> stopping;
};

leader_actor::behavior_type leader(leader_state::pointer self,
                                   leader_setup setup) {
  self->state.start(std::move(setup));
  return {
      [](const stream_opened&) {
        // Nothing to do: events follow as stream_data.
      },
      [self](const stream_data& x) { self->state.on_stream_data(x); },
      [self](const stream_closed& x) { self->state.on_stream_closed(x); },
      [self](const look_again& x) { self->state.on_look_again(x); },
      [self](const stop_request&) { return self->state.stop(); },
  };
}

} // namespace

leader_actor spawn_leader(caf::actor_system& system, leader_setup setup) {
  return system.spawn(leader, std::move(setup));
}

result<std::string> make_identity() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  std::ifstream file(random_uuid);
  std::string uuid;
  if (!std::getline(file, uuid) || uuid.empty())
    return fail(errc::not_found,
                std::string("--leader-elect needs a random identity; cannot "
                            "read ") +
                    random_uuid);
  return std::string(host.data()) + '_' + uuid;
}

} // namespace locust
