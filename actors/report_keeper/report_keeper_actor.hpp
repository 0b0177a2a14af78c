#pragma once

#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Whether an actor has a thread of its own. Compressing a report takes some
/// 50 ms, for which no other actor should wait.
enum class report_thread : uint8_t { own, shared };

/// Starts the actor that collects the reports of all LocustTests.
/// report_plan.hpp decides when.
report_keeper_actor spawn_report_keeper(caf::actor_system& system,
                                        api_client_actor api,
                                        report_thread on = report_thread::own);

} // namespace locust
