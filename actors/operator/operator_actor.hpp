#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/certificates/certificate_keeper.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/metrics/metrics_registry.hpp"
#include "protocol/messages.hpp"
#include "protocol/operator_settings.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
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
  /// The only namespaces to look after (B22); empty: all.
  std::vector<std::string> namespaces;
  /// Without a server when nothing is to listen.
  gateway_setup gateway;
  /// Metrics are for those who may, so somebody has to ask the API server.
  bool guards_metrics = false;
  /// Must outlive the actors; null: nothing is counted.
  std::shared_ptr<const metrics_registry> metrics;
  /// Nothing unless the operator keeps the webhooks' certificate itself (B19).
  std::optional<certificate_settings> certificates;
  /// Spreads delays.
  uint64_t seed = 0;
};

/// Starts the root and with it all other actors. It waits for the API server,
/// the CRD and permissions as long as it takes, and says for what. Quits after
/// it has answered a `stop_request`, at most `stop_patience` after it.
operator_actor spawn_operator(caf::actor_system& system, operator_setup setup);

/// For how long status writes that are pending at a stop are waited for.
inline constexpr auto stop_patience = std::chrono::seconds(4);

} // namespace locust
