#pragma once

#include "protocol/kubernetes.hpp"

#include <string>
#include <string_view>

namespace locust {

/// The finalizer that the reference operator puts on every LocustTest. We add
/// none; one that is found is taken off when the object is being deleted (B1).
inline constexpr std::string_view reference_finalizer = "locust.io/cleanup";

/// Whether the LocustTest carries it.
bool has_reference_finalizer(const locust_test& test);

/// Returns the JSON patch that takes it off and leaves the others. Guarded by
/// uid and resourceVersion: it changes nothing but the object that was seen.
std::string finalizer_patch(const locust_test& test);

} // namespace locust
