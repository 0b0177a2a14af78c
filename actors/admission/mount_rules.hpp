#pragma once

#include "actors/admission/findings.hpp"
#include "actors/resource_builder/spec_values.hpp"

#include <string_view>

namespace locust {

/// The rules from docs/behaviour/admission.md#secret-mount-path to
/// docs/behaviour/admission.md#undefined-volume: conflicts of volumes and
/// mounts with those that the operator adds to a pod. Unlike the Go operator,
/// compares clean paths.
void judge_mounts(const spec_values& spec, std::string_view test_name,
                  findings& found);

/// Part of docs/behaviour/admission.md#pod-rules: volumes and mounts that every
/// API server would reject in a pod, or of which one would hide another.
void judge_mounts_in_pods(const spec_values& spec, findings& found);

} // namespace locust
