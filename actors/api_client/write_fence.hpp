#pragma once

#include "actors/api_client/transfer_order.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

// Prevents writes by a replica that is no longer the leader, even if it was
// frozen and does not know that yet. Pure.

namespace locust {

/// Whether a client may write to the API server.
enum class write_rule : uint8_t {
  free,      ///< always
  by_permit, ///< while a `write_permit` is valid
};

/// Whether the transfer is a write to the API server.
bool is_write(const transfer_order& order);

/// Returns the event for a transfer that the fence rejects.
transfer_event refused_by_fence(uint64_t id);

class write_fence {
public:
  explicit write_fence(write_rule rule)
      : fenced_(rule == write_rule::by_permit) {
    // nop
  }

  /// Permits writes until `until`.
  void open(boot_time until) {
    until_ = until;
  }

  /// Whether writes are rejected.
  bool is_shut(boot_time now) const {
    return fenced_ && now >= until_;
  }

  bool rejects(const transfer_order& order, boot_time now) const {
    return is_write(order) && is_shut(now);
  }

  /// Returns how long writes stay permitted; nothing if they are rejected or
  /// always permitted.
  std::optional<boot_clock::duration> left(boot_time now) const {
    if (!fenced_ || is_shut(now))
      return std::nullopt;
    return until_ - now;
  }

private:
  bool fenced_;
  boot_time until_{};
};

} // namespace locust
