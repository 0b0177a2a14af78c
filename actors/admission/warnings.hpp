#pragma once

#include "actors/admission/findings.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "protocol/json.hpp"
#include "protocol/operator_settings.hpp"

#include <string_view>

namespace locust {

/// Adds what is legal but hardly meant. `whole` is what `spec` was read from.
void add_warnings(std::string_view name, const spec_values& spec,
                  const json::value& whole, const operator_settings& settings,
                  findings& found);

} // namespace locust
