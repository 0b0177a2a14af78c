#pragma once

#include "actors/api_watcher/watch_target.hpp"
#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/fwd.hpp>

#include <cstdint>

namespace locust {

/// Starts the watcher of `target`, which lists at once. It sends `report_to`
/// one `watch_report` per page of a list or chunk of a stream, in order, and
/// `watch_trouble` when it stops working and when it works again. `seed` varies
/// its delays: use a different one for each watcher. Only a `stop_request` ends
/// it; a failing API server or a dead client does not.
api_watcher_actor spawn_api_watcher(caf::actor_system& system,
                                    watch_target target,
                                    api_client_actor client,
                                    operator_actor report_to, uint64_t seed,
                                    const watch_metrics& metrics = {});

} // namespace locust
