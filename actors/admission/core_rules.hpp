#pragma once

#include "actors/admission/findings.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "protocol/operator_settings.hpp"

#include <string_view>

namespace locust {

/// Judges what is passed on to pods as it stands and has rules of its own in
/// the core API, as far as every API server has them and people break them:
/// tolerations (if they reach the pods), requests beyond their limits,
/// variables with two values.
void judge_core_parts(const spec_values& spec,
                      const operator_settings& settings, findings& found);

/// Whether one Kubernetes quantity is more than another by more than a
/// billionth of it. False for what is no quantity.
bool is_more(std::string_view quantity, std::string_view than);

} // namespace locust
