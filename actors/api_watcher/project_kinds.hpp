#pragma once

#include "protocol/json/pruned.hpp"
#include "protocol/kubernetes.hpp"

#include <span>

// The projection of each watched kind, for projection.cpp. Pure.

namespace locust::watcher {

/// Returns the members that `project_object` reads of an object of `kind`.
std::span<const json::wanted> members_of(watched_kind kind);

/// Returns the value of an object, which must have a name and a uid.
seen_object project_object(watched_kind kind, const json::value& object);

} // namespace locust::watcher
