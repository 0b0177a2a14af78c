#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/request_queue.hpp"
#include "actors/api_client/write_fence.hpp"
#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the API client and its network thread. It lives until it gets an exit
/// message, whoever holds a handle; then it answers what is pending with status
/// 0 and `the operator is stopping`, closes streams silently and joins the
/// thread before it is gone. Send the exit after all who write have finished.
///
/// - A request is repeated in here only after 429 or 503 with `Retry-After`
///   (at most `most_repeats` times) and once after 401 with a fresh token. The
///   deadline of a request counts anew for each attempt and not while it waits.
/// - A stream is held weakly: it closes when its sink dies.
/// - With `write_rule::by_permit` what is not a GET fails with status 0 unless
/// a
///   `write_permit` is valid.
api_client_actor spawn_api_client(caf::actor_system& system,
                                  cluster_access access,
                                  const api_client_limits& limits = {},
                                  write_rule writes = write_rule::free,
                                  const api_metrics& metrics = {});

} // namespace locust
