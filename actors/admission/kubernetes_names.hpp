#pragma once

#include <string_view>

// What the API server accepts as keys and values of metadata and as names of
// environment variables (DNS names: protocol/kubernetes/dns_name.hpp).

namespace locust {

/// Whether `text` is a valid label key: 1 to 63 letters, digits, `-`, `_` or
/// `.`, beginning and ending with a letter or digit, after an optional prefix
/// (a DNS-1123 subdomain) and `/`.
bool is_label_key(std::string_view text);

/// The same, but with capitals allowed in the prefix.
bool is_annotation_key(std::string_view text);

/// Whether `text` is a valid label value: empty, or like the name in a key.
bool is_label_value(std::string_view text);

/// Whether some API server since Kubernetes 1.29 accepts `text` as the name of
/// an environment variable: printable ASCII except `=`. Older servers are
/// stricter.
bool is_variable_name(std::string_view text);

} // namespace locust
