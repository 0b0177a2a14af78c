#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes/api_object.hpp"

#include <string>
#include <string_view>

// Log messages for failed requests. `verb` is an RBAC verb: `get`, `list`,
// `create`, `update`, `patch`, ...

namespace locust {

/// Returns what an administrator must grant after a 403: `grant verb 'get' on
/// resource 'secrets' in API group '' with resourceName 'webhook' to the
/// operator's service account`. An empty `name` stands for all objects.
std::string permission_to_grant(std::string_view verb,
                                const api_resource& resource,
                                std::string_view name = {});

/// Returns why `verb` on `x` failed, and the missing permission after a 403.
std::string describe_failure(std::string_view verb, const api_object& x,
                             const api_response& response);

} // namespace locust
