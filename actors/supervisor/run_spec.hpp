#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// How the status keeps the spec that the run was built from
// (docs/behaviour/lifecycle.md#run-spec).

namespace locust {

/// Up to this size, in bytes, the spec is stored as it is.
inline constexpr size_t plain_spec_limit = size_t{64} * 1024;

/// Up to this size of its compressed text, in bytes, a larger spec is stored
/// compressed. With the spec itself, etcd takes 1.5 MiB per object.
inline constexpr size_t compressed_spec_limit = size_t{256} * 1024;

/// No spec is larger, in bytes: the API server takes requests of 3 MiB.
inline constexpr size_t unpacked_spec_limit = size_t{3} * 1024 * 1024;

/// A spec as the status contains it; at most one of the two is not empty.
struct packed_spec {
  /// `.status.runSpec`, JSON text.
  std::string plain;
  /// `.status.compressedRunSpec`, base64 of the zlib format.
  std::string compressed;
};

/// Both are empty when the spec is too large to be kept.
packed_spec pack_spec(std::string_view spec);

/// Returns the spec from the two fields; empty when there is none, or when it
/// cannot be read.
std::string unpack_spec(const packed_spec& packed);

} // namespace locust
