#pragma once

#include "actors/gateway/certificate_watch.hpp"
#include "actors/gateway/http_server.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace locust {

/// Certificate files of one server.
struct followed_files {
  tls_server of = tls_server::webhooks;
  certificate_place place;
};

struct gateway_setup {
  /// Runs already, so that probes are answered before there are actors.
  std::shared_ptr<http_server> server;
  /// Certificate files to follow. `serving_certificate` brings certificates of
  /// webhooks, too.
  std::vector<followed_files> files;
  /// The metrics have no files: their certificate is made here, for localhost.
  bool makes_metrics_certificate = false;
  certificate_metrics metrics;
  /// Ends the process as failed: there is no certificate. The reason has been
  /// logged. Must not block.
  std::function<void()> give_up;
};

/// Starts the actor of the servers. With files it has a thread of its own, for
/// it reads them.
gateway_actor spawn_gateway(caf::actor_system& system, gateway_setup setup);

} // namespace locust
