#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the publisher of Kubernetes Events. It makes no decisions:
/// aggregation.hpp decides what becomes an Event, outbox.hpp what is sent when.
event_recorder_actor spawn_event_recorder(caf::actor_system& system,
                                          api_client_actor api,
                                          const event_metrics& metrics = {});

} // namespace locust
