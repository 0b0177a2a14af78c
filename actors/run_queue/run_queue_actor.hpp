#pragma once

#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the actor through which all supervisors have their children created.
/// It is the one that may know more than one run: what is to be decided across
/// tests (how many run at once, who comes first) is decided here. It asks
/// `builder` for one child after the other, in the order of `run_queue`, and
/// passes the answer on. Every `build_child` is answered, however long it waits
/// here; one that is forgotten meanwhile is answered as `failed`.
run_queue_actor spawn_run_queue(caf::actor_system& system,
                                resource_builder_actor builder);

} // namespace locust
