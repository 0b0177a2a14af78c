#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/request_queue.hpp"
#include "actors/api_client/write_fence.hpp"
#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the API client and its network thread. It lives until it gets an exit
/// message. Then it answers pending requests with status 0 and `the operator is
/// stopping`, closes streams without a message and joins the thread. Send the
/// exit after all writers have finished.
///
/// - The client retries a request only after 429 or 503 with `Retry-After` (at
///   most `most_repeats` times) and once after 401 with a new token. The
///   deadline applies to each attempt and excludes the time in the queue.
/// - A stream does not keep its sink alive; it closes when the sink ends.
/// - With `write_rule::by_permit`, requests other than GET fail with status 0
///   unless a `write_permit` is valid.
api_client_actor spawn_api_client(caf::actor_system& system,
                                  cluster_access access,
                                  const api_client_limits& limits = {},
                                  write_rule writes = write_rule::free,
                                  const api_metrics& metrics = {});

} // namespace locust
