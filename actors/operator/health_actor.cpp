#include "actors/operator/health_actor.hpp"

#include "actors/operator/actor_health.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

namespace locust {

namespace {

class health_state {
public:
  using pointer = health_actor::stateful_pointer<health_state>;

  static inline const char* name = "locust.health";

  explicit health_state(pointer self) : self_(self) {
    // nop
  }

  void start(health_setup setup) {
    setup_ = std::move(setup);
    rounds_ = answer_rounds{setup_.actors.size()};
    for (const auto& one : setup_.actors)
      self_->monitor(one.handle);
    if (setup_.gateway)
      ask();
  }

  void ask() {
    // Every actor of CAF answers this question itself, from its mailbox.
    for (size_t i = 0, n = rounds_.begin(); i < n; ++i)
      self_
          ->request(setup_.actors[i].handle, caf::infinite,
                    caf::sys_atom::value, caf::get_atom::value,
                    std::string("info"))
          .then([this](caf::ok_atom, const std::string&,
                       const caf::strong_actor_ptr&,
                       const std::string&) { answered(); },
                [](const caf::error&) {
                  // It died; `on_down` ends the process.
                });
    self_->delayed_send(self_, ask_interval, look_again{});
  }

  void on_down(const caf::down_msg& down) {
    auto at = std::find_if(setup_.actors.begin(), setup_.actors.end(),
                           [&](const vital_actor& one) {
                             return one.handle.address() == down.source;
                           });
    if (at == setup_.actors.end())
      return;
    spdlog::error("the actor {} ended: {}; the operator must restart", at->role,
                  self_->system().render(down.reason));
    setup_.actor_lost();
  }

private:
  void answered() {
    if (rounds_.answered())
      self_->send(setup_.gateway, actors_alive{});
  }

  pointer self_;
  health_setup setup_;
  answer_rounds rounds_{0};
};

health_actor::behavior_type health(health_state::pointer self,
                                   health_setup setup) {
  self->set_down_handler(
      [self](const caf::down_msg& down) { self->state.on_down(down); });
  self->state.start(std::move(setup));
  return {
      [self](const look_again&) { self->state.ask(); },
  };
}

} // namespace

health_actor spawn_health(caf::actor_system& system, health_setup setup) {
  return system.spawn(health, std::move(setup));
}

} // namespace locust
