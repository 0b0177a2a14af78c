#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"
#include "protocol/operator_settings.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace locust {

/// Starts the actor that creates the children of all LocustTests. It keeps no
/// state between requests; any number may be in flight, each limited by the
/// lane `create` of the client. It answers every `build_child`, also for an
/// invalid spec (`refused`) or without a client (`failed`).
///
/// An invalid spec is refused for every child, so that not even its Service is
/// created.
resource_builder_actor
spawn_resource_builder(caf::actor_system& system, api_client_actor client,
                       std::shared_ptr<const operator_settings> settings,
                       const child_metrics& metrics = {});

} // namespace locust
