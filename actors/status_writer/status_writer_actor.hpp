#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the one writer of `.status` for all LocustTests. It decides nothing:
/// what to send when stands in write_plan.hpp. Quits after it has answered a
/// `stop_request`: true when all was stored, false when 3 s were not enough.
status_writer_actor spawn_status_writer(caf::actor_system& system,
                                        api_client_actor api,
                                        const status_metrics& metrics = {});

} // namespace locust
