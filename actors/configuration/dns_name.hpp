#pragma once

#include <string_view>

namespace locust {

/// Whether `text` is a DNS-1123 label, as names of namespaces have to be: 1 to
/// 63 lower case letters, digits and inner `-`.
bool is_dns_label(std::string_view text);

/// Whether `text` is a DNS-1123 subdomain, as most Kubernetes names have to be:
/// 1 to 253 characters; labels of lower case letters, digits and inner `-`,
/// separated by single dots.
bool is_dns_subdomain(std::string_view text);

} // namespace locust
