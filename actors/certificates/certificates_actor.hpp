#pragma once

#include "actors/certificates/certificate_keeper.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

#include <functional>

namespace locust {

struct certificates_setup {
  api_client_actor client;
  /// Hears of the certificate to serve, and of each one that replaces it.
  gateway_actor gateway;
  certificate_settings settings;
  /// Wall-clock time.
  std::function<timestamp()> now;
};

/// Starts the keeper of the webhook's certificate (`--webhook-self-managed-
/// certs`): makes it, renews it, publishes its authority. It decides nothing:
/// what to send when stands in certificate_keeper.hpp. It has nothing to finish
/// at a stop: send it an exit.
certificates_actor spawn_certificates(caf::actor_system& system,
                                      certificates_setup setup);

} // namespace locust
