#pragma once

#include "actors/certificates/certificate_pair.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// Whether to keep a certificate, what replaces it, and whom to trust meanwhile.
// Replicas share nothing but the Secret, so all follows from what is in it.
//
// An authority signs once, so a renewal always brings a new one, and both have
// to be trusted for a while:
//
//   Secret   A | A, then B ............................ | C
//   trusted  A | B and A (other replicas still serve A) | B | C and B
//              ^ renewal        `trusted_together` ends ^

namespace locust {

/// How long an authority stays trusted after a newer one was made, if it does
/// not expire before: for replicas that have not seen the newer one yet. They
/// look every minute; this leaves room for one that has lost its API server.
inline constexpr std::chrono::hours trusted_together{24};

/// The most former authorities that are kept, the newest ones, should something
/// delete the Secret again and again.
inline constexpr size_t most_former = 4;

/// A renewal keeps the hosts of the former certificate up to so many.
inline constexpr size_t most_hosts = 32;

/// What is to be done about a stored pair.
struct pair_assessment {
  /// It can be served at present, be it that it should be replaced.
  std::optional<pair_facts> usable;
  /// Why it has to be replaced, in words that end a sentence; empty: keep it.
  std::string renew_because;
};

/// Returns when a certificate is to be renewed: with a third of its life left.
timestamp renewal_of(const pair_facts& facts);

/// Judges what is stored. A pair that is not valid yet (it was made by a clock
/// that is far ahead of ours) is replaced, too: the one of the slowest clock
/// holds for all, so this comes to an end.
pair_assessment judge(const certificate_pair& stored, const host_names& wanted,
                      timestamp now);

/// Makes a pair for a Secret that had none or whose pair was judged as `former`
/// says. `trusted` are the authorities that are trusted so far, in any order;
/// those of them that hold at `now` are kept.
///
/// When the former certificate lacked hosts, the new one has those of both:
/// replicas that want different ones (an update is being rolled out) would
/// replace each other's for ever.
result<certificate_pair> succeed(const pair_assessment& former,
                                 const host_names& wanted,
                                 const std::vector<authority>& trusted,
                                 timestamp now);

/// Returns whom a place that has published `published` (PEM) shall trust at
/// `now`, as PEM: the issuer of the pair, and for `trusted_together` former
/// ones. Those are what the Secret has and what is published: two Secrets that
/// were made at one time need not know of each other.
std::string bundle_of(const certificate_pair& pair, const pair_facts& facts,
                      const std::string& published, timestamp now);

} // namespace locust
