#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the actor that samples all Locust masters. schedule.hpp decides which
/// master to sample when.
load_sampler_actor spawn_load_sampler(caf::actor_system& system,
                                      api_client_actor api,
                                      const sample_metrics& metrics = {});

} // namespace locust
