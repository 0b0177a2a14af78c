#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes/api_object.hpp"

#include <string>
#include <string_view>

// The few objects that the keeper of the certificate reads and writes.

namespace locust {

/// Returns whether the same request may succeed later without anyone's doing:
/// no answer, 5xx, a request too many, or an object that has changed meanwhile.
bool is_transient(const api_response& response);

/// Puts into one sentence why `verb` (`get`, `create`, `update` or `patch`, the
/// words of RBAC) failed, and what right is missing when that is why.
std::string describe_failure(std::string_view verb, const api_object& x,
                             const api_response& response);

} // namespace locust
