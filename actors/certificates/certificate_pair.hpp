#pragma once

#include "actors/certificates/authorities.hpp"
#include "actors/certificates/host_names.hpp"
#include "protocol/error.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <string>

// Making and judging a serving certificate. All cryptography is OpenSSL's.

namespace locust {

/// A serving certificate with all that belongs to it, as PEM texts.
struct certificate_pair {
  std::string certificate; ///< the server's own
  std::string key;         ///< its private key; secret
  /// Who has to be trusted: the authority that signed it, and those that signed
  /// what others may still be serving.
  std::string authorities;

  bool operator==(const certificate_pair&) const = default;
};

/// What a pair that can be used says.
struct pair_facts {
  timestamp not_before{};
  timestamp not_after{};
  host_names hosts;
  /// The one among `authorities` that the certificate leads to.
  authority issuer;
};

/// From when to when a certificate is good, around the time at which it is
/// made: clocks of a cluster differ.
inline constexpr std::chrono::hours backdated_by{1};
inline constexpr std::chrono::days certificate_lifetime{365};

/// Makes a new authority and has it sign a new serving certificate for `hosts`
/// (canonical, at least one). The authority's key is forgotten: it can never
/// sign another one, and nobody can steal it. Both are ECDSA over P-256 with
/// SHA-256, which every API server takes. Fails only when OpenSSL does.
result<certificate_pair> issue_pair(const host_names& hosts, timestamp now);

/// Checks that the pair can be served at `now`: the key is that of the
/// certificate, which is one for TLS servers, in its time, and leads to one of
/// the authorities. Fails with what is wrong, in words that end a sentence.
result<pair_facts> check_pair(const certificate_pair& pair, timestamp now);

} // namespace locust
