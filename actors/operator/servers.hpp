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

/// Returns the HTTP(S) servers that the options ask for, with what the webhooks
/// answer. Nothing when none is to listen. `metrics` are there if they are
/// asked for.
std::optional<http_server_setup>
servers_of(const operator_options& options,
           std::shared_ptr<const operator_settings> settings,
           std::shared_ptr<const metrics_registry> metrics);

/// Returns the certificate files that servers follow. None for one that is off,
/// or whose certificate comes in another way.
std::vector<followed_files> files_of(const operator_options& options);

/// Returns whether the certificate of the metrics server comes from nowhere, so
/// that it has to be made.
bool makes_metrics_certificate(const metrics_options& metrics);

/// Returns what the series are made for; nothing when they are not served.
/// `server`: URL of the API server.
std::optional<metrics_setup> metrics_of(const operator_options& options,
                                        const std::string& server,
                                        size_t workers);

/// Returns how the operator keeps the webhooks' certificate itself, in its own
/// namespace unless another one is named. Nothing when it does not.
std::optional<certificate_settings>
certificates_of(const webhook_options& webhook,
                const std::string& own_namespace);

} // namespace locust
