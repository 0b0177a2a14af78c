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
  /// Nobody else's, with a connection of its own, so that nothing holds a
  /// renewal up.
  api_client_actor lease_client;
  /// Gets a `write_permit` with each renewal.
  api_client_actor fenced_client;
  /// Gets `leadership`, once.
  operator_actor root;
  /// Both clocks; called from the actor's threads.
  std::function<election_time()> now;
  /// Ends the process as failed, at once: the Lease is lost, for this reason.
  std::function<void(const std::string& why)> lost;
  /// Spreads delays.
  uint64_t seed = 0;
};

/// Starts the election. Quits after it has answered a `stop_request`; send that
/// when nothing is written any more.
leader_actor spawn_leader(caf::actor_system& system, leader_setup setup);

/// Returns an identity that no other process has: `<hostname>_<random uuid>`.
/// Fails when the system gives no random uuid.
result<std::string> make_identity();

} // namespace locust
