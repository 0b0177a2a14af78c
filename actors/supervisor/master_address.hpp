#pragma once

#include "actors/resource_builder/spec_facts.hpp"
#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Returns where the web UI of a master with this spec can be queried, if at
/// all.
std::optional<web_ui_address> reachable_web_ui(std::string_view spec);

/// Returns the running master that is to be sampled, if any. One without a web
/// UI is sampled until workers can connect to it: nothing else can be known.
std::optional<followed_master>
master_to_follow(const lifecycle::state& s, const observed_objects& seen,
                 const std::optional<web_ui_address>& web_ui);

} // namespace locust
