#pragma once

#include "actors/certificates/certificate_pair.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <optional>

// When a new certificate replaces the one that is served.

namespace locust {

/// The current time on both clocks.
struct moment {
  timestamp wall{};
  monotonic_time steady{};
};

/// A pair that can be served, with its contents.
struct usable_pair {
  certificate_pair pair;
  pair_facts facts;
};

/// The first certificate is served at once. A later one replaces it only when
/// all places have trusted its issuer for `settle_for`, so that no call fails;
/// or when the served one has expired.
class succession {
public:
  explicit succession(std::chrono::milliseconds settle_for)
      : settle_for_(settle_for) {
    // nop
  }

  /// The Secret holds this pair now.
  void store(usable_pair pair, monotonic_time now);

  /// Some place does not trust the issuer of the stored pair.
  void saw_distrust(monotonic_time now);

  /// The pair in the Secret, as far as known.
  const std::optional<usable_pair>& stored() const {
    return stored_;
  }

  /// Returns the stored pair if it must be served from now on. `trusted`:
  /// whether all places trust its issuer.
  std::optional<usable_pair> take_due(bool trusted, moment now);

  /// Whether the stored pair is not served yet.
  bool waits() const;

private:
  std::chrono::milliseconds settle_for_;
  std::optional<usable_pair> stored_;
  std::optional<usable_pair> served_;
  /// When some place was last known not to trust the issuer of `stored_`.
  monotonic_time distrusted_{};
};

} // namespace locust
