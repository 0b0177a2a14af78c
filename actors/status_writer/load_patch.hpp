#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes.hpp"

#include <optional>
#include <string>
#include <string_view>

// The write of a status of which only the live figures have changed.

namespace locust {

/// Returns the JSON merge patch that turns the JSON object `stored` into
/// `wanted`: the members that changed, and null for those that are gone.
/// Nothing if they are equal, or one of them is no JSON object.
std::optional<std::string> changes_between(std::string_view stored,
                                           std::string_view wanted);

/// Returns the request that changes `.status.load` of the LocustTest by this
/// merge patch. The API server rejects it with 409 when the object is no longer
/// at `resource_version`. No two objects have the same one, so this is also
/// what happens when another object has its name.
api_request patch_load(const object_key& test,
                       std::string_view resource_version,
                       std::string_view changes);

} // namespace locust
