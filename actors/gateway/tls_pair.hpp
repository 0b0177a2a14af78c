#pragma once

#include "protocol/error.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace locust {

/// What a server shows to its clients, checked and ready for use.
struct tls_pair {
  /// TLS 1.2 or newer, no client certificates.
  std::shared_ptr<SSL_CTX> context;
  /// When the certificate ends: `2027-01-31T12:00:00Z`.
  std::string valid_until;
};

/// Puts a certificate chain (PEM, the server's own first) and its key (PEM, not
/// encrypted) together. Fails with what is wrong with them, to go after their
/// names and a colon.
result<tls_pair> make_tls_pair(std::string_view chain, std::string_view key);

} // namespace locust
