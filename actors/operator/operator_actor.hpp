#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/certificates/certificate_keeper.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/leader/election.hpp"
#include "actors/metrics/metrics_registry.hpp"
#include "actors/status_writer/write_plan.hpp"
#include "actors/supervisor/master_address.hpp"
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
  /// `--journal FILE`; empty: no journal.
  std::string journal_path;
  /// `--after-end=suspend`.
  bool suspends_after_end = true;
  /// `--master-access`, without `auto`.
  master_access access_to_masters = master_access::direct;
  /// `--live-status-qps`.
  uint32_t live_status_qps = write_plan::usual_figures;
  /// `--reports=on`.
  bool keeps_reports = true;
  /// The namespaces to watch (docs/behaviour/process.md#namespaces); empty:
  /// all.
  std::vector<std::string> namespaces;
  /// Without a server if nothing listens.
  gateway_setup gateway;
  /// Requests for metrics need authorization by the API server.
  bool guards_metrics = false;
  /// Must outlive the actors; null: no metrics.
  std::shared_ptr<const metrics_registry> metrics;
  /// Set if the operator manages the certificate of the webhooks itself
  /// (docs/behaviour/process.md#webhook-certificate).
  std::optional<certificate_settings> certificates;
  /// Not set: this is the only replica and leads at once.
  std::optional<election_settings> election;
  /// Must end the process at once, as failed: the Lease is lost. `why` is for
  /// the log.
  std::function<void(const std::string& why)> lease_lost;
  /// Must end the process as failed, in order: an actor that it cannot work
  /// without has died. The reason has been logged. Must not block.
  std::function<void()> actor_lost;
  /// Varies delays.
  uint64_t seed = 0;
};

/// Starts the root actor and all others. It waits for the API server, the CRD
/// and permissions as long as necessary, and logs what it waits for. Quits
/// after it has answered a `stop_request`. With an election it only watches
/// until this replica becomes leader, and releases the Lease after the last
/// write.
operator_actor spawn_operator(caf::actor_system& system, operator_setup setup);

/// How long a shutdown waits for each actor. The status writer needs longest,
/// at most 3 s.
inline constexpr auto stop_timeout = std::chrono::seconds(4);

/// How long it waits for the answers to creations. It must leave time to
/// release the Lease before the process is ended by force.
inline constexpr auto creations_timeout = std::chrono::seconds(2);

} // namespace locust
