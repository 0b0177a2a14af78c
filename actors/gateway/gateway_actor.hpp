#pragma once

#include "actors/gateway/certificate_watch.hpp"
#include "actors/gateway/http_server.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace locust {

/// The certificate files of one server.
struct followed_files {
  tls_server of = tls_server::webhooks;
  certificate_place place;
};

struct gateway_setup {
  /// Already running, so that probes are answered before actors exist.
  std::shared_ptr<http_server> server;
  /// Certificate files to watch. Certificates of webhooks can also arrive as
  /// `serving_certificate` messages.
  std::vector<followed_files> files;
  /// Create a self-signed metrics certificate for localhost; there are no
  /// files.
  bool makes_metrics_certificate = false;
  certificate_metrics metrics;
  /// Must end the process as failed, for lack of a certificate. The reason has
  /// been logged. Must not block.
  std::function<void()> give_up;
};

/// Starts the actor of the servers. With files it has a thread of its own,
/// because it reads them.
gateway_actor spawn_gateway(caf::actor_system& system, gateway_setup setup);

} // namespace locust
