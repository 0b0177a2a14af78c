#pragma once

#include "protocol/json.hpp"

#include <span>
#include <string_view>

// Reads JSON and keeps only the members that somebody asked for. Of a Pod that
// is a twentieth: the rest is skipped while reading and never stored. Pure.

namespace locust::json {

/// A member to keep. Arrays are transparent: what is said of a member whose
/// value is an array holds for each of its items.
struct wanted {
  std::string_view name;
  /// The members to keep of its value; none: the whole value.
  std::span<const wanted> members{};
};

/// Deepest nesting that is read. Objects of the Kubernetes API stay under 40
/// (a schema inside a CRD, which is not watched, goes deepest); the limit keeps
/// the recursion of whoever walks the document within any stack.
inline constexpr size_t depth_limit = 200;

/// Like `parse`, but the document has only what `members` name. Memory comes
/// from `allocator`, which must outlive the document.
result<document> parse_pruned(std::string_view text,
                              std::span<const wanted> members,
                              document::AllocatorType& allocator);

} // namespace locust::json
