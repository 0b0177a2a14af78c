#pragma once

#include "protocol/json.hpp"
#include "protocol/kubernetes.hpp"

#include <optional>
#include <string>
#include <string_view>

// Reading and writing `.metadata`.

namespace locust {

/// Returns the owner reference with `controller: true`; nothing when `object`
/// has none.
std::optional<owner_reference> controller_of(const json::value& object);

/// Writes the member `ownerReferences` with `owner` as the controller. It also
/// blocks the deletion of its owner in the foreground, as a controller's does.
void put_controller(json::writer& out, const owner_reference& owner);

/// Returns `metadata.resourceVersion` of the JSON object in `body`; empty when
/// there is none.
std::string resource_version_in(std::string_view body);

} // namespace locust
