#pragma once

#include <string_view>

namespace locust {

/// Whether `text` is a Kubernetes quantity: an optional sign, digits with at
/// most one point, then a binary suffix (Ki Mi Gi Ti Pi Ei), a decimal one
/// (n u m k M G T P E) or a decimal exponent (e or E, an optional sign, digits)
/// of at most 32 bits. No white space anywhere. Examples: `250m`, `1.5Gi`,
/// `1e3`.
///
/// The API server checks more, for example that a request does not exceed its
/// limit. It is also more lenient: it reads `Ki` and `.` as zero.
bool is_quantity(std::string_view text);

} // namespace locust
