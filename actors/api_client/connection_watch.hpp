#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

// Decides when a silent connection is asked for a sign of life, and when it is
// given up. Pure: the caller passes in the time.

namespace locust {

/// How long a connection to the API server may be silent while it is in use.
/// Together these stay below 15 s, so that a half-open connection delays
/// nothing for longer. client-go allows 45 s (30 s, then 15 s for a ping).
struct silence_limits {
  /// Silence after which a cheap request asks whether the server still answers.
  std::chrono::milliseconds before_question{4'000};
  /// Further silence after which the connection is dead. A server that needs
  /// less for its cheapest answer, or sends anything else, is slow but alive.
  std::chrono::milliseconds after_question{10'000};
};

/// Watches one connection. Without a transfer in flight, silence means nothing.
class connection_watch {
public:
  enum class step : uint8_t {
    none,
    ask,     ///< send the cheap request; call `answered` when it ends
    give_up, ///< the connection is dead
  };

  explicit connection_watch(const silence_limits& limits) : limits_(limits) {
    // nop
  }

  /// Bytes arrived, of whatever transfer, or the connection is put to use after
  /// it had none in flight.
  void heard(monotonic_time now) {
    last_heard_ = now;
  }

  /// The cheap request ended.
  void answered() {
    asked_.reset();
  }

  /// What to do now. After `ask`, the request counts as sent.
  step next(monotonic_time now);

  /// When to call `next` again at the latest.
  monotonic_time due() const;

private:
  silence_limits limits_;
  monotonic_time last_heard_{};
  std::optional<monotonic_time> asked_;
};

} // namespace locust
