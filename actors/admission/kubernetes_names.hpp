#pragma once

#include <string_view>

// What the API server takes as keys and values of metadata and as names of
// variables (DNS names: protocol/kubernetes/dns_name.hpp).

namespace locust {

/// Whether `text` can be the key of a label: 1 to 63 letters, digits, `-`, `_`
/// and `.` with a letter or digit at either end, after an optional prefix (a
/// DNS-1123 subdomain) and `/`.
bool is_label_key(std::string_view text);

/// The same, but for capitals in the prefix.
bool is_annotation_key(std::string_view text);

/// Whether `text` can be the value of a label: empty, or as the name in a key.
bool is_label_value(std::string_view text);

/// Whether some API server since Kubernetes 1.29 takes `text` as the name of an
/// environment variable: printable ASCII other than `=`. Older ones are
/// stricter.
bool is_variable_name(std::string_view text);

} // namespace locust
