#pragma once

#include "protocol/json/pruned.hpp"
#include "protocol/kubernetes.hpp"

#include <span>

// One function per watched kind; `projection.cpp` calls them. Pure.

namespace locust::watcher {

/// Returns the members that `project_object` reads of an object of `kind`.
std::span<const json::wanted> members_of(watched_kind kind);

/// Makes the value from an object that has name and uid.
seen_object project_object(watched_kind kind, const json::value& object);

} // namespace locust::watcher
