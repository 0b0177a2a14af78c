#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "protocol/messages.hpp"
#include "protocol/operator_settings.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace locust {

/// Starts the actor that creates the children of all LocustTests. It keeps no
/// state between requests; any number may be under way at once, each bounded by
/// the client's lane `create`. Every `build_child` is answered, also when the
/// spec is nonsense (`refused`) or the client is gone (`failed`).
///
/// A spec with a fault anywhere is refused for every child, so that not even
/// the Service of it comes to exist.
resource_builder_actor
spawn_resource_builder(caf::actor_system& system, api_client_actor client,
                       std::shared_ptr<const operator_settings> settings,
                       const child_metrics& metrics = {});

} // namespace locust
