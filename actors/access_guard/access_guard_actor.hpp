#pragma once

#include "protocol/access.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the guard. It asks through `client`, whose requests must get through
/// on every replica, and lives until it gets an exit message.
access_guard_actor spawn_access_guard(caf::actor_system& system,
                                      api_client_actor client);

/// A way to it for those who are no actors.
ask_access way_to(access_guard_actor guard);

} // namespace locust
