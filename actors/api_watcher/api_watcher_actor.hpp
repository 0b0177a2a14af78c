#pragma once

#include "actors/api_watcher/watch_target.hpp"
#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/fwd.hpp>

#include <cstdint>

namespace locust {

/// Starts the watcher of `target`; it lists at once. Reports to `report_to`:
/// one `watch_report` per page of a list or piece of a stream, in the order in
/// which things became known, and `watch_trouble` when it cannot work and when
/// it can again. `seed` decides about the spread of its delays: give each
/// watcher another one. Ends on `stop_request` only; neither a failing API
/// server nor a dead client ends it.
api_watcher_actor spawn_api_watcher(caf::actor_system& system,
                                    watch_target target,
                                    api_client_actor client,
                                    operator_actor report_to, uint64_t seed,
                                    const watch_metrics& metrics = {});

} // namespace locust
