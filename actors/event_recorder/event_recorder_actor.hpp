#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the one publisher of Kubernetes Events. It decides nothing: what
/// becomes an Event stands in aggregation.hpp, what is sent when in outbox.hpp.
event_recorder_actor spawn_event_recorder(caf::actor_system& system,
                                          api_client_actor api,
                                          const event_metrics& metrics = {});

} // namespace locust
