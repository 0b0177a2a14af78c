#pragma once

#include "actors/resource_builder/spec_values.hpp"
#include "protocol/json.hpp"
#include "protocol/operator_settings.hpp"

namespace locust {

/// Writes the member `env` of a Locust container: Kafka, OpenTelemetry, then
/// the user's variables. Equal names are not merged; in the container the last
/// one wins. The same for both roles.
void put_env(json::writer& out, const spec_values& spec,
             const kafka_settings& kafka);

/// Writes the member `envFrom`: ConfigMaps, then Secrets. Writes nothing
/// without any.
void put_env_from(json::writer& out, const env_spec& env);

} // namespace locust
