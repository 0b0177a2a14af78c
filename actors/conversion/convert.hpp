#pragma once

#include "protocol/error.hpp"
#include "protocol/json.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

// One LocustTest from one version of its API to the other, without loss
// (docs/behaviour/conversion.md).
//
// Spec: what v1 cannot show is kept in an annotation, see kept_spec.hpp.
//
// Status: v1 has the status of v2, as it stands. The CRD must let v1 keep it
// (`x-kubernetes-preserve-unknown-fields`): whenever somebody writes v1, the
// API server takes the status from the object before, in the version of the
// request, that is from what was converted here. So no writer of v1 can lose
// it, not even one that replaces the whole object without its annotations, and
// none can forge it without access to `/status`. An annotation could do
// neither.
//
// What the API server does with a write of v1: it converts the stored v2 to v1,
// applies the change, prunes and validates as v1, raises `generation` if spec
// or status differ as v1, converts to v2 and stores that. Nothing is validated
// as v2 but by the admission webhook, and a change of the annotation alone
// raises no generation. Server-side apply also converts parts of objects, in
// which anything may be missing.

namespace locust {

enum class test_version : uint8_t { v1, v2 };

/// Returns `locust.io/v1` or `locust.io/v2`.
std::string_view to_string(test_version version);
std::optional<test_version> parse_test_version(std::string_view api_version);

/// Whether `object` is of kind LocustTest, and which version it has. On failure
/// says what it is instead.
result<test_version> version_of(const json::value& object);

/// Writes `object`, a LocustTest of the other version, as version `to`. On
/// failure names the JSON path of what is wrong, and writes nothing.
result<void> convert_test(json::writer& out, const json::value& object,
                          test_version to);

/// Returns the `.spec` that a LocustTest of v1 has as v2; null when it has
/// none.
result<json::document> v2_spec_of(const json::value& v1_object);

} // namespace locust
