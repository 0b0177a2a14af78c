#pragma once

#include "actors/api_client/transfer_order.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

// Keeps a process that is not the leader any more from changing anything, even
// one that was frozen and does not know it yet. Pure.

namespace locust {

/// Whether a client may change something at the API server.
enum class write_rule : uint8_t {
  free,      ///< always
  by_permit, ///< while a `write_permit` is valid
};

/// Whether the transfer changes something at the API server.
bool is_write(const transfer_order& order);

/// How a transfer ends that the fence holds up.
transfer_event refused_by_fence(uint64_t id);

class write_fence {
public:
  explicit write_fence(write_rule rule)
      : fenced_(rule == write_rule::by_permit) {
    // nop
  }

  /// Lets writes through until then.
  void open(boot_time until) {
    until_ = until;
  }

  /// Whether no write may leave.
  bool is_shut(boot_time now) const {
    return fenced_ && now >= until_;
  }

  bool holds_up(const transfer_order& order, boot_time now) const {
    return is_write(order) && is_shut(now);
  }

  /// How long it stays open; nothing when it is shut or there is none.
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
