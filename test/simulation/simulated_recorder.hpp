#pragma once

#include "actors/event_recorder/aggregation.hpp"
#include "actors/event_recorder/outbox.hpp"
#include "test/simulation/process_life.hpp"
#include "test/simulation/simulated_client.hpp"

#include <functional>
#include <optional>

namespace locust::simulation {

/// Carries out what the aggregation and the outbox of a process decide, as
/// event_recorder_actor does.
class simulated_recorder {
public:
  simulated_recorder(process_life& life, simulated_client& client);

  /// Called when an Event was sent too often in vain.
  std::function<void()> on_given_up;

  void record(const occurrence& x);

private:
  void go_on();

  monotonic_time now() const {
    return life_.clock.monotonic();
  }

  process_life& life_;
  simulated_client& client_;
  aggregation memory_;
  outbox out_;
  std::optional<monotonic_time> alarm_;
};

} // namespace locust::simulation
