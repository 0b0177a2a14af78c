#pragma once

#include "actors/admission/findings.hpp"
#include "protocol/json.hpp"
#include "protocol/operator_settings.hpp"

#include <string_view>

namespace locust {

/// Judges a LocustTest by its name and its v2 spec (null for none): the rules
/// of docs/behaviour/admission.md in their order, then warnings.
///
/// A rule of docs/behaviour/admission.md#pod-rules denies only what certainly
/// cannot run: the spec cannot be read, an API server would reject the Jobs
/// created from it, or parts of a pod would conflict. Everything that is merely
/// odd is a warning.
findings judge_test(std::string_view name, const json::value& spec,
                    const operator_settings& settings);

} // namespace locust
