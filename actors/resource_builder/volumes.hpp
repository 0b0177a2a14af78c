#pragma once

#include "actors/resource_builder/spec_values.hpp"
#include "protocol/json.hpp"

#include <string_view>

namespace locust {

/// Writes the member `volumes` of a pod: test files, Secrets, then the user's
/// volumes that this role mounts. Writes nothing without any. The volume of the
/// test files is named after the role, `role_name`.
void put_volumes(json::writer& out, const spec_values& spec, role r,
                 std::string_view role_name);

/// Writes the member `volumeMounts` of a Locust container, in the same order.
void put_volume_mounts(json::writer& out, const spec_values& spec, role r,
                       std::string_view role_name);

} // namespace locust
