#pragma once

#include "protocol/children.hpp"
#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/operator_settings.hpp"

#include <string>
#include <string_view>

// LocustTest spec and settings -> Service and Jobs. Pure. What is written is
// docs/behaviour/children.md: equal, once the API server has added its
// defaults, to what the Go operator makes.

namespace locust {

/// Returns the JSON text to POST for this child of the LocustTest `test` with
/// uid `test_uid`. Whole objects that the user gave (volumes, affinity,
/// security contexts, ...) are passed on as they are, fields that we do not
/// know included.
///
/// `spec` is the LocustTest's `.spec`. The CRD keeps most nonsense out of it,
/// but not all: a member that is missing or has the wrong type, or a seed that
/// cannot be split, gives an error that names its JSON path.
result<std::string> build_child_manifest(child_kind child,
                                         const object_key& test,
                                         std::string_view test_uid,
                                         const json::value& spec,
                                         const operator_settings& settings);

/// The same, from the JSON text of the spec.
result<std::string> build_child_manifest(child_kind child,
                                         const object_key& test,
                                         std::string_view test_uid,
                                         std::string_view spec_text,
                                         const operator_settings& settings);

} // namespace locust
