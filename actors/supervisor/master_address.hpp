#pragma once

#include "actors/resource_builder/spec_facts.hpp"
#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Returns where a master with this spec can be asked, if at all.
std::optional<web_ui_address> askable_web_ui(std::string_view spec);

/// Returns where the master that runs now can be asked, for example
/// `http://10.244.0.7:8089`; empty when there is none.
std::string master_url(const lifecycle::state& s, const observed_objects& seen,
                       const std::optional<web_ui_address>& web_ui);

} // namespace locust
