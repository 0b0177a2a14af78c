#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes.hpp"

#include <chrono>
#include <string>
#include <string_view>

// The finalizer that the Go operator adds to every LocustTest. This operator
// adds none, and removes that one when the object is being deleted
// (docs/behaviour/lifecycle.md#finalizer).

namespace locust {

inline constexpr std::string_view go_operator_finalizer = "locust.io/cleanup";

/// Whether the LocustTest has that finalizer.
bool has_go_operator_finalizer(const locust_test& test);

/// Returns the request that removes it and keeps all others. The patch tests
/// uid and resourceVersion, so it only changes the object that was observed.
api_request finalizer_request(const locust_test& test);

/// Returns a log message if the removal failed; empty when there is nothing
/// more to do.
std::string finalizer_trouble(const api_response& answer);

/// Returns how long to wait after the `failures`-th failure in a row, from 1.
std::chrono::milliseconds finalizer_delay(unsigned failures);

} // namespace locust
