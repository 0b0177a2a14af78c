#pragma once

#include "actors/leader/election.hpp"
#include "protocol/error.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace locust {

struct leader_setup {
  election_settings settings;
  /// Used by the election alone and with a connection of its own, so that
  /// nothing delays a renewal.
  api_client_actor lease_client;
  /// Gets a `write_permit` with each renewal, and writes only under it.
  api_client_actor fenced_client;
  /// Gets `leadership` once, when this replica becomes leader.
  operator_actor root;
  /// Returns both clocks; called on the actor's threads.
  std::function<election_time()> now;
  /// Must end the process at once, as failed: the Lease is lost. `why` is for
  /// the log.
  std::function<void(const std::string& why)> lost;
  /// Varies the delays.
  uint64_t seed = 0;
};

/// Starts the election. The actor quits after it has answered a `stop_request`;
/// send that only when nothing writes any more.
leader_actor spawn_leader(caf::actor_system& system, leader_setup setup);

/// Returns `<hostname>_<random uuid>`, which no other process has. Fails with
/// `errc::not_found` when the system provides no random UUID.
result<std::string> make_identity();

} // namespace locust
