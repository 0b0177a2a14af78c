#pragma once

#include "actors/admission/findings.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "protocol/operator_settings.hpp"

#include <string_view>

namespace locust {

/// Checks parts of the spec that are passed on to pods unchanged and have rules
/// in the core API, as far as every API server enforces them and users break
/// them: tolerations (if they are applied to pods), quantities that cannot be,
/// requests above their limits, variables with two values.
void judge_core_parts(const spec_values& spec,
                      const operator_settings& settings, findings& found);

/// Whether one Kubernetes quantity exceeds another by more than a billionth.
/// False for invalid quantities.
bool is_more(std::string_view quantity, std::string_view than);

} // namespace locust
