#pragma once

#include "protocol/time.hpp"

#include <string>
#include <string_view>
#include <vector>

// The certificates that somebody trusts: what stands in a `caBundle`.

namespace locust {

/// A certificate that may sign others.
struct authority {
  /// As OpenSSL writes it: equal certificates have equal texts.
  std::string pem;
  timestamp not_before{};
  timestamp not_after{};

  bool operator==(const authority&) const = default;
};

/// Returns the authorities in a PEM text, in order, each once. Skips whatever
/// else is in it.
std::vector<authority> authorities_in(std::string_view pem);

/// Returns whether the certificate is good at `now`, as far as time goes.
bool is_current(const authority& x, timestamp now);

} // namespace locust
