#pragma once

#include "actors/certificates/certificate_pair.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <optional>

// When a new certificate takes the place of the one that is served.

namespace locust {

/// The time on both clocks.
struct moment {
  timestamp wall{};
  monotonic_time steady{};
};

/// A pair that can be served, and what it says.
struct usable_pair {
  certificate_pair pair;
  pair_facts facts;
};

/// Whoever serves nothing takes what there is. A new certificate replaces the
/// one that is served only when all places have trusted its issuer for
/// `settle_for`, so that no call fails in between; or when the former one has
/// expired, since it is of no use then.
class succession {
public:
  explicit succession(std::chrono::milliseconds settle_for)
      : settle_for_(settle_for) {
    // nop
  }

  /// The Secret holds this pair.
  void store(usable_pair pair, monotonic_time now);

  /// Some place does not trust the issuer of what is stored.
  void saw_distrust(monotonic_time now);

  /// What the Secret holds, as far as known.
  const std::optional<usable_pair>& stored() const {
    return stored_;
  }

  /// Returns what is stored when it is to be served from now on.
  /// `trusted` says whether all places trust its issuer.
  std::optional<usable_pair> take_turn(bool trusted, moment now);

  /// Whether what is stored waits for its turn.
  bool waits() const;

private:
  std::chrono::milliseconds settle_for_;
  std::optional<usable_pair> stored_;
  std::optional<usable_pair> served_;
  /// When the issuer of `stored_` was last not trusted somewhere, for all we
  /// know.
  monotonic_time distrusted_{};
};

} // namespace locust
