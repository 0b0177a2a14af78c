#pragma once

#include "protocol/time.hpp"

#include <string>
#include <string_view>
#include <vector>

// The certificate authorities in a `caBundle`.

namespace locust {

/// A CA certificate.
struct authority {
  /// As OpenSSL writes it, so that equal certificates have equal texts.
  std::string pem;
  timestamp not_before{};
  timestamp not_after{};

  bool operator==(const authority&) const = default;
};

/// Returns the CA certificates in a PEM text, in order and without duplicates.
/// Skips everything else.
std::vector<authority> authorities_in(std::string_view pem);

/// Returns whether `now` is within the certificate's validity.
bool is_current(const authority& x, timestamp now);

} // namespace locust
