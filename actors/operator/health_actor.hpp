#pragma once

#include "protocol/messages.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace locust {

/// Watches over other actors. `look_again` is its timer.
using health_actor = caf::typed_actor<caf::reacts_to<look_again>>;

/// An actor that the operator cannot work without.
struct vital_actor {
  /// For the log.
  const char* role = "";
  caf::actor handle;
};

struct health_setup {
  std::vector<vital_actor> actors;
  /// Gets an `actors_alive` each time that all actors have answered. Null:
  /// there are no probes.
  gateway_actor gateway;
  /// Must end the process as failed, in order: an actor has died. The reason
  /// has been logged. Must not block.
  std::function<void()> actor_lost;
};

/// Between two rounds of questions to the actors; see
/// server_limits::actors_silence.
inline constexpr std::chrono::seconds ask_interval{15};

/// Starts the actor. End it before the actors that it watches.
health_actor spawn_health(caf::actor_system& system, health_setup setup);

} // namespace locust
