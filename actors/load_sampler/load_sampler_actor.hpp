#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the one actor that asks all Locust masters for their workers. Whom it
/// asks when stands in schedule.hpp.
load_sampler_actor spawn_load_sampler(caf::actor_system& system,
                                      api_client_actor api,
                                      const sample_metrics& metrics = {});

} // namespace locust
