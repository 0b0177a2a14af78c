#pragma once

#include "actors/certificates/certificate_keeper.hpp"
#include "actors/configuration/operator_options.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/gateway/http_server.hpp"
#include "actors/metrics/metrics_registry.hpp"
#include "protocol/operator_settings.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace locust {

/// Returns the HTTP(S) servers for the options, with the handlers of the
/// webhooks; nothing if no server is enabled. `metrics` is set if metrics are
/// enabled.
std::optional<http_server_setup>
servers_of(const operator_options& options,
           std::shared_ptr<const operator_settings> settings,
           std::shared_ptr<const metrics_registry> metrics);

/// Returns the certificate files to watch. None for a server that is disabled
/// or gets its certificate in another way.
std::vector<followed_files> files_of(const operator_options& options);

/// Returns whether the metrics server needs a self-signed certificate.
bool makes_metrics_certificate(const metrics_options& metrics);

/// Returns the setup of the metrics; nothing if they are disabled. `server`:
/// URL of the API server.
std::optional<metrics_setup> metrics_of(const operator_options& options,
                                        const std::string& server,
                                        size_t workers);

/// Returns how the operator manages the certificate of the webhooks, by default
/// in its own namespace; nothing if it does not.
std::optional<certificate_settings>
certificates_of(const webhook_options& webhook,
                const std::string& own_namespace);

} // namespace locust
