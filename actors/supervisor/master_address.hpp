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

/// Returns the URL of the running master, for example `http://10.244.0.7:8089`;
/// empty when none is running.
std::string master_url(const lifecycle::state& s, const observed_objects& seen,
                       const std::optional<web_ui_address>& web_ui);

} // namespace locust
