#pragma once

#include <cstddef>
#include <string_view>

// RFC 1123 names as Kubernetes validates them.

namespace locust {

inline constexpr size_t longest_dns_label = 63;
inline constexpr size_t longest_dns_subdomain = 253;

/// Whether `text` is a DNS-1123 label, as namespace names must be: 1 to 63
/// lower case letters, digits and inner `-`.
bool is_dns_label(std::string_view text);

/// Whether `text` is a DNS-1123 subdomain, as most object names must be:
/// 1 to 253 characters; labels of lower case letters, digits and inner `-`,
/// separated by single dots.
bool is_dns_subdomain(std::string_view text);

} // namespace locust
