#pragma once

#include "actors/certificates/certificate_keeper.hpp"
#include "actors/configuration/operator_options.hpp"
#include "actors/gateway/certificate_watch.hpp"
#include "actors/gateway/http_server.hpp"
#include "protocol/operator_settings.hpp"

#include <memory>
#include <optional>
#include <string>

namespace locust {

/// Returns the HTTP(S) servers that the options ask for, with what the webhooks
/// answer. Nothing when none is to listen.
std::optional<http_server_setup>
servers_of(const operator_options& options,
           std::shared_ptr<const operator_settings> settings);

/// Returns the certificate files that the webhooks follow. Nothing when there
/// are no webhooks, or their certificate comes in another way.
std::optional<certificate_place> files_of(const webhook_options& webhook);

/// Returns how the operator keeps the webhooks' certificate itself, in its own
/// namespace unless another one is named. Nothing when it does not.
std::optional<certificate_settings>
certificates_of(const webhook_options& webhook,
                const std::string& own_namespace);

} // namespace locust
