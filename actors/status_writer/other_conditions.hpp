#pragma once

#include "protocol/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// Conditions that other controllers keep in the `.status.conditions` of a
// LocustTest (docs/behaviour/lifecycle.md#status-writes). The operator replaces
// the whole status, so it writes them back.

namespace locust {

/// Maximum length of all of them together, in bytes of JSON. Usual ones have
/// 300 bytes each; more than this would leave too little of what etcd stores of
/// an object. Those at the end are dropped.
inline constexpr size_t other_conditions_limit = 64 * 1024;

/// Returns the entries of `conditions` whose type is none of the operator's, as
/// a JSON list; empty when there are none, or when `status` is not JSON. Of
/// several entries with one type, the first one counts.
std::string other_conditions(std::string_view status);
std::string other_conditions(const json::value& status);

/// Returns `document`, a `.status`, with these conditions behind its own.
std::string with_conditions(std::string_view document, std::string_view others);

} // namespace locust
