#pragma once

#include "protocol/error.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace locust {

/// A certificate with its key, checked and ready to be served.
struct tls_pair {
  /// TLS 1.2 or newer, no client certificates.
  std::shared_ptr<SSL_CTX> context;
  /// The end of the certificate's validity: `2027-01-31T12:00:00Z`.
  std::string valid_until;
};

/// Combines a certificate chain (PEM, leaf first) with its key (PEM, not
/// encrypted). The error is a clause to put after the names of the files and a
/// colon.
result<tls_pair> make_tls_pair(std::string_view chain, std::string_view key);

} // namespace locust
