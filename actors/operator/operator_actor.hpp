#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/certificates/certificate_keeper.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/leader/election.hpp"
#include "actors/metrics/metrics_registry.hpp"
#include "protocol/messages.hpp"
#include "protocol/operator_settings.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace locust {

struct operator_setup {
  cluster_access access;
  std::shared_ptr<const operator_settings> settings;
  /// `--journal FILE`; empty for none.
  std::string journal_path;
  /// The only namespaces to look after (docs/behaviour/process.md#namespaces);
  /// empty: all.
  std::vector<std::string> namespaces;
  /// Without a server when nothing is to listen.
  gateway_setup gateway;
  /// Metrics are for those who may, so somebody has to ask the API server.
  bool guards_metrics = false;
  /// Must outlive the actors; null: nothing is counted.
  std::shared_ptr<const metrics_registry> metrics;
  /// Nothing unless the operator keeps the webhooks' certificate itself
  /// (docs/behaviour/process.md#webhook-certificate).
  std::optional<certificate_settings> certificates;
  /// Nothing: this is the only replica, and leads at once.
  std::optional<election_settings> election;
  /// Ends the process as failed, at once: the Lease is lost, for this reason.
  std::function<void(const std::string& why)> lease_lost;
  /// Spreads delays.
  uint64_t seed = 0;
};

/// Starts the root and with it all other actors. It waits for the API server,
/// the CRD and permissions as long as it takes, and says for what. Quits after
/// it has answered a `stop_request`. With an election it only watches until the
/// Lease is its own, and gives that back at the end, when nothing is written
/// any more.
operator_actor spawn_operator(caf::actor_system& system, operator_setup setup);

/// For how long an actor's part of a stop is waited for. The writer, whose part
/// is the longest, needs 3 s at most.
inline constexpr auto stop_patience = std::chrono::seconds(4);

} // namespace locust
