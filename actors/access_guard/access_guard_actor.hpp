#pragma once

#include "protocol/access.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the guard. `client` sends its requests and must not be fenced: every
/// replica serves metrics. The actor lives until it gets an exit message.
access_guard_actor spawn_access_guard(caf::actor_system& system,
                                      api_client_actor client);

/// Returns a function that asks the guard. Any thread may call it.
ask_access ask_access_through(access_guard_actor guard);

} // namespace locust
