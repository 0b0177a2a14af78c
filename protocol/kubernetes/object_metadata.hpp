#pragma once

#include "protocol/json.hpp"
#include "protocol/kubernetes.hpp"

#include <optional>
#include <string>
#include <string_view>

// Access to `.metadata`.

namespace locust {

/// Returns the owner reference with `controller: true`; nothing when `object`
/// has none.
std::optional<owner_reference> controller_of(const json::value& object);

/// Writes `ownerReferences` with `owner` as the controller and
/// `blockOwnerDeletion: true`, as controllers do.
void put_controller(json::writer& out, const owner_reference& owner);

/// Returns `metadata.resourceVersion` of the JSON object in `body`; empty if
/// there is none.
std::string resource_version_in(std::string_view body);

} // namespace locust
