#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes/api_object.hpp"

#include <string>
#include <string_view>

// Sentences for the log about requests that failed. A `verb` is one of RBAC:
// `get`, `list`, `create`, `update`, `patch`, ...

namespace locust {

/// Returns what an administrator has to do about a 403: `grant verb 'get' on
/// resource 'secrets' in API group '' with resourceName 'webhook' to the
/// operator's service account`. An empty `name` is of all objects.
std::string right_to_grant(std::string_view verb, const api_resource& resource,
                           std::string_view name = {});

/// Returns why `verb` on `x` failed and, when a right is missing, which.
std::string describe_failure(std::string_view verb, const api_object& x,
                             const api_response& response);

} // namespace locust
