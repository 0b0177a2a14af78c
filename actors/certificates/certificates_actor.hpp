#pragma once

#include "actors/certificates/certificate_keeper.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

#include <functional>

namespace locust {

struct certificates_setup {
  api_client_actor client;
  /// Gets the certificate to serve, and each one that replaces it.
  gateway_actor gateway;
  certificate_settings settings;
  /// Returns the wall-clock time; called on the actor's thread.
  std::function<timestamp()> now;
};

/// Starts the actor for `--webhook-self-managed-certs`: it creates and renews
/// the certificate of the webhooks and publishes its CA, as
/// certificate_keeper.hpp decides. Ends on an exit message; it has no work to
/// finish.
certificates_actor spawn_certificates(caf::actor_system& system,
                                      certificates_setup setup);

} // namespace locust
