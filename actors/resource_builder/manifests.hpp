#pragma once

#include "protocol/children.hpp"
#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/operator_settings.hpp"

#include <string>
#include <string_view>

// Builds Service and Jobs from the spec of a LocustTest and the settings. Pure.
// See docs/behaviour/children.md: with the defaults of the API server, the
// objects equal those of the Go operator, apart from the differences there.

namespace locust {

/// Returns a spec that is given as JSON text; an empty text means that the
/// LocustTest has none, which is an error like any other fault of a spec.
result<json::document> parse_spec(std::string_view spec_text);

/// Returns the JSON text to POST for this child of the LocustTest `test` with
/// uid `test_uid`. Objects of the core API that the user wrote (volumes,
/// affinity, security contexts, ...) are passed on unchanged, with all fields.
///
/// `spec` is the `.spec` of the LocustTest. The CRD rejects most invalid specs,
/// but not all: a missing member, a wrong type, or a command that cannot be
/// split gives an error with its JSON path.
result<std::string> build_child_manifest(child_kind child,
                                         const object_key& test,
                                         std::string_view test_uid,
                                         const json::value& spec,
                                         const operator_settings& settings);

/// The same for a spec as JSON text.
result<std::string> build_child_manifest(child_kind child,
                                         const object_key& test,
                                         std::string_view test_uid,
                                         std::string_view spec_text,
                                         const operator_settings& settings);

} // namespace locust
