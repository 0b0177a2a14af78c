#pragma once

#include "actors/certificates/certificate_pair.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// Whether to keep a certificate, what replaces it, and which CAs to trust.
// Replicas share only the Secret, so everything follows from its contents.
//
// A CA signs only once, so each renewal brings a new one, and both must be
// trusted for a while:
//
//   Secret   A | A, then B ............................ | C
//   trusted  A | B and A (other replicas still serve A) | B | C and B
//              ^ renewal        `trusted_together` ends ^

namespace locust {

/// How long a CA stays trusted after the creation of a newer one, unless it
/// expires before, for replicas that have not seen the newer one. They
/// reconcile every minute; the rest is for one that cannot reach the API
/// server.
inline constexpr std::chrono::hours trusted_together{24};

/// Maximum number of previous CAs to keep, newest first, in case the Secret is
/// deleted again and again.
inline constexpr size_t most_former = 4;

/// A renewal keeps the hosts of the previous certificate up to this number.
inline constexpr size_t most_hosts = 32;

/// What to do with a stored pair.
struct pair_assessment {
  /// Set if it can be served now, even if it must be replaced.
  std::optional<pair_facts> usable;
  /// Why it must be replaced, to complete a sentence; empty: keep it.
  std::string renew_because;
};

/// Returns when to renew a certificate: after two thirds of its life.
timestamp renewal_of(const pair_facts& facts);

/// Assesses a stored pair. A pair that is not valid yet, because its creator's
/// clock is far ahead, is replaced, too. The pair of the slowest clock is valid
/// for all, so this ends.
pair_assessment judge(const certificate_pair& stored, const host_names& wanted,
                      timestamp now);

/// Creates a pair for a Secret that had none, or had the pair that `former`
/// assesses. `trusted` are the CAs trusted so far, in any order; those that are
/// valid at `now` are kept.
///
/// If the former certificate lacked hosts, the new one has the hosts of both.
/// Otherwise replicas with different configurations, as during a rolling
/// update, would replace each other's certificates forever.
result<certificate_pair> succeed(const pair_assessment& former,
                                 const host_names& wanted,
                                 const std::vector<authority>& trusted,
                                 timestamp now);

/// Returns the bundle (PEM) for a place that has published `published`: the
/// issuer of the pair and, for `trusted_together`, previous CAs. Those come
/// from the Secret and from what is published, because two Secrets that were
/// created at the same time do not contain each other's CA.
std::string bundle_of(const certificate_pair& pair, const pair_facts& facts,
                      const std::string& published, timestamp now);

} // namespace locust
