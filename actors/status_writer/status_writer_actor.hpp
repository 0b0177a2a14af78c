#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "actors/status_writer/write_plan.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the writer of `.status` for all LocustTests. It makes no decisions:
/// write_plan.hpp decides what is sent when. Quits after it has answered a
/// `stop_request`: true when everything was stored, false when 3 s were not
/// enough. `figures_per_second`: see write_plan.
status_writer_actor
spawn_status_writer(caf::actor_system& system, api_client_actor api,
                    const status_metrics& metrics = {},
                    uint32_t figures_per_second = write_plan::usual_figures);

} // namespace locust
