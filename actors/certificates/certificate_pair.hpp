#pragma once

#include "actors/certificates/authorities.hpp"
#include "actors/certificates/host_names.hpp"
#include "protocol/error.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <string>

// Issues and checks serving certificates, with OpenSSL.

namespace locust {

/// A serving certificate with its key and CAs, as PEM texts.
struct certificate_pair {
  std::string certificate; ///< the server certificate
  std::string key;         ///< its private key; secret
  /// CAs to trust: the one that signed the certificate, and those of
  /// certificates that other replicas may still serve.
  std::string authorities;

  bool operator==(const certificate_pair&) const = default;
};

/// The contents of a usable pair.
struct pair_facts {
  timestamp not_before{};
  timestamp not_after{};
  host_names hosts;
  /// The CA in `authorities` that signed the certificate.
  authority issuer;
};

/// The validity of a new certificate, relative to the time of its creation. It
/// is backdated because clocks in a cluster differ.
inline constexpr std::chrono::hours backdated_by{1};
inline constexpr std::chrono::days certificate_lifetime{365};

/// Creates a new CA that signs one serving certificate for `hosts` (canonical,
/// at least one). The key of the CA is discarded, so that it cannot sign
/// anything else or be stolen. Both keys are ECDSA with P-256 and SHA-256,
/// which every API server supports. Fails only if OpenSSL fails.
result<certificate_pair> issue_pair(const host_names& hosts, timestamp now);

/// Checks that the pair can be served at `now`: the key belongs to the
/// certificate, which is valid, is for TLS servers, and is signed by one of the
/// authorities. The error completes a sentence.
result<pair_facts> check_pair(const certificate_pair& pair, timestamp now);

} // namespace locust
