#pragma once

#include "actors/admission/findings.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "protocol/json.hpp"
#include "protocol/operator_settings.hpp"

#include <string_view>

namespace locust {

/// Warns about what is legal but hardly intended. `spec` was read from `whole`.
void add_warnings(std::string_view name, const spec_values& spec,
                  const json::value& whole, const operator_settings& settings,
                  findings& found);

} // namespace locust
