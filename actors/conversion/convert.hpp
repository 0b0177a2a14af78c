#pragma once

#include "protocol/error.hpp"
#include "protocol/json.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

// One LocustTest from one version of its API to the other, without loss
// (docs/behaviour/conversion.md).
//
// Spec: what v1 cannot express is kept in an annotation, see kept_spec.hpp.
//
// Status: v1 has the status of v2, unchanged. The CRD must let v1 keep it
// (`x-kubernetes-preserve-unknown-fields`): for every write of v1, the API
// server takes the status from the stored object, converted to the version of
// the request, that is from the output of this conversion. So a client of v1
// can neither lose the status, even when it replaces the whole object without
// its annotations, nor forge it without access to `/status`. An annotation
// would allow both.
//
// For a write of v1, the API server converts the stored v2 to v1, applies the
// change, prunes and validates as v1, increments `generation` if spec or status
// differ as v1, converts to v2 and stores the result. Only the admission
// webhook validates it as v2, and a change of the annotation alone does not
// increment the generation. Server-side apply also converts parts of objects,
// in which any member may be missing.

namespace locust {

enum class test_version : uint8_t { v1, v2 };

/// Returns `locust.io/v1` or `locust.io/v2`.
std::string_view to_string(test_version version);
std::optional<test_version> parse_test_version(std::string_view api_version);

/// Returns the version of `object`, which must be a LocustTest. On failure says
/// what it is instead.
result<test_version> version_of(const json::value& object);

/// Writes `object`, a LocustTest of the other version, as version `to`. On
/// failure returns the JSON path of the fault, and writes nothing.
result<void> convert_test(json::writer& out, const json::value& object,
                          test_version to);

/// Returns the `.spec` of a v1 LocustTest as v2; null when it has none.
result<json::document> v2_spec_of(const json::value& v1_object);

} // namespace locust
