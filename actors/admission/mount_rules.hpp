#pragma once

#include "actors/admission/findings.hpp"
#include "actors/resource_builder/spec_values.hpp"

#include <string_view>

namespace locust {

/// The rules from docs/behaviour/admission.md#secret-mount-path to
/// docs/behaviour/admission.md#undefined-volume: volumes and mounts against
/// what the operator itself puts into a pod. Unlike the Go operator it
/// compares paths that are clean.
void judge_mounts(const spec_values& spec, std::string_view test_name,
                  findings& found);

/// Of docs/behaviour/admission.md#pod-rules: volumes and mounts that no API
/// server would let into a pod, or of which one would hide the other.
void judge_mounts_in_pods(const spec_values& spec, findings& found);

} // namespace locust
