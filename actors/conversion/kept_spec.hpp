#pragma once

#include "actors/conversion/flat_spec.hpp"
#include "protocol/json.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// An annotation of the v1 object has the parts of a spec that v1 cannot
// express, so that a client of v1 writes them back without knowing them
// (docs/behaviour/conversion.md#nothing-is-lost). It only exists in v1: neither
// the stored object nor v2 ever has it.
//
// Like the spec, it is part of what a client of v1 writes. A client that drops
// it, for example by replacing the whole object with a file, drops these parts;
// a client that writes back an old one restores old values.

namespace locust {

inline constexpr std::string_view kept_spec_annotation = "locust.io/v2-spec";

/// Returns the text of that annotation as compact JSON: `spec` without what v1
/// expresses, which is `shown`. Nothing when a new object with `shown` would be
/// the same, except for defaults of the CRD.
///
/// Has at most `room` bytes: while it is longer, its largest part is omitted,
/// volumes together with their mounts. A part is a member of the spec or of its
/// `master` or `worker`. If it never fits, there is no annotation.
std::optional<std::string> kept_spec_text(const json::value& spec,
                                          const flat_spec& shown, size_t room);

/// Returns the spec in the annotation, or nothing when it is not readable: any
/// client may have written it. (A client that may write v1 may also write v2,
/// so forging it gains nothing; but its content is not validated by the schema
/// of v2.)
std::optional<json::document> read_kept_spec(std::string_view text);

} // namespace locust
