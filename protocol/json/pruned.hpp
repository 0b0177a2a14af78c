#pragma once

#include "protocol/json.hpp"

#include <span>
#include <string_view>

// Parses JSON but keeps only selected members. Of a Pod, about a twentieth is
// kept; the rest is skipped by the reader and never stored. Pure.

namespace locust::json {

/// A member to keep. Arrays are transparent: if the value is an array, the
/// selection applies to each item.
struct wanted {
  std::string_view name;
  /// The members of its value to keep; empty: the whole value.
  std::span<const wanted> members{};
};

/// Maximum nesting depth. Objects of the Kubernetes API stay below 40 (the
/// deepest are schemas in CRDs, which are not watched). The limit bounds
/// recursion over a document.
inline constexpr size_t depth_limit = 200;

/// Like `parse`, but keeps only `members`. Memory comes from `allocator`, which
/// must outlive the document.
result<document> parse_pruned(std::string_view text,
                              std::span<const wanted> members,
                              document::AllocatorType& allocator);

} // namespace locust::json
