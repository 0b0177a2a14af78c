#pragma once

#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the one actor that asks all Locust masters for their workers. Whom it
/// asks when stands in schedule.hpp.
load_sampler_actor spawn_load_sampler(caf::actor_system& system,
                                      api_client_actor api);

} // namespace locust
