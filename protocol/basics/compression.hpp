#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Returns `bytes` in the zlib format (RFC 1950). Equal input gives equal
/// output in one version of zlib.
std::string compress(std::string_view bytes);

/// Returns `bytes` in the gzip format (RFC 1952), which tools such as gunzip
/// read. Equal input gives equal output in one version of zlib.
std::string gzip(std::string_view bytes);

/// The inverse of `compress`. Returns nothing when `bytes` are not in this
/// format, are incomplete, or make more than `limit` bytes; never uses more
/// memory than that.
std::optional<std::string> decompress(std::string_view bytes, size_t limit);

} // namespace locust
