#pragma once

#include "actors/conversion/flat_spec.hpp"
#include "protocol/json.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// What v1 cannot show of a test travels with the v1 object in an annotation, so
// that a client of v1 writes it back without knowing
// (docs/behaviour/conversion.md#nothing-is-lost). It exists in v1 alone: what
// is stored, and what v2 shows, never has it.
//
// It is part of what a client of v1 writes, like the spec. Who drops it, as one
// does who replaces the whole object by a file, drops what it holds, and who
// writes an old one back writes old fields back.

namespace locust {

inline constexpr std::string_view kept_spec_annotation = "locust.io/v2-spec";

/// Returns the text of that annotation, compact JSON: `spec` without what v1
/// says just as well, which is `shown`. Nothing when a new object made from
/// `shown` would be the same, up to defaults that the CRD adds.
///
/// At most `room` bytes: as long as it is longer, its largest part is left out,
/// the volumes together with their mounts. A part is a member of the spec or of
/// its `master` or `worker`. When nothing helps, there is no annotation.
std::optional<std::string> kept_spec_text(const json::value& spec,
                                          const flat_spec& shown, size_t room);

/// Returns the spec that the annotation holds, or nothing when it holds none
/// that this operator can read: anybody may have written it. (Who may write v1
/// may write v2, too, so there is nothing to win by a forged one; but what it
/// holds has not been compared with the schema of v2.)
std::optional<json::document> read_kept_spec(std::string_view text);

} // namespace locust
