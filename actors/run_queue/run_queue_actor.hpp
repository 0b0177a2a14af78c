#pragma once

#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the actor through which all supervisors create their children. It is
/// the only actor that decides across tests: how many runs are created at once,
/// and in which order. It requests children from `builder` in the order of
/// `run_queue` and forwards the results. Every `build_child` gets an answer,
/// but for those that wait at a `stop_request`; a child that is dropped from
/// the queue is answered with `failed`.
run_queue_actor spawn_run_queue(caf::actor_system& system,
                                resource_builder_actor builder);

} // namespace locust
