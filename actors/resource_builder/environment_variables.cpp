#include "actors/resource_builder/environment_variables.hpp"

#include "protocol/json/members.hpp"

namespace locust {

namespace {

/// Omits an empty value: the variable is then set, but empty.
void put_variable(json::writer& out, std::string_view name,
                  std::string_view value) {
  json::put_item(out, [&] {
    json::put(out, "name", name);
    json::put_unless_empty(out, "value", value);
  });
}

void put_kafka(json::writer& out, const kafka_settings& kafka) {
  put_variable(out, "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers);
  put_variable(out, "KAFKA_SECURITY_ENABLED",
               kafka.security_enabled ? "true" : "false");
  put_variable(out, "KAFKA_SECURITY_PROTOCOL_CONFIG", kafka.security_protocol);
  put_variable(out, "KAFKA_SASL_MECHANISM", kafka.sasl_mechanism);
  put_variable(out, "KAFKA_SASL_JAAS_CONFIG", kafka.sasl_jaas_config);
  put_variable(out, "KAFKA_USERNAME", kafka.username);
  put_variable(out, "KAFKA_PASSWORD", kafka.password);
}

void put_open_telemetry(json::writer& out, const open_telemetry_spec& otel) {
  if (!otel.enabled)
    return;
  put_variable(out, "OTEL_TRACES_EXPORTER", "otlp");
  put_variable(out, "OTEL_METRICS_EXPORTER", "otlp");
  if (!otel.endpoint.empty())
    put_variable(out, "OTEL_EXPORTER_OTLP_ENDPOINT", otel.endpoint);
  put_variable(out, "OTEL_EXPORTER_OTLP_PROTOCOL", otel.protocol);
  if (otel.insecure)
    put_variable(out, "OTEL_EXPORTER_OTLP_INSECURE", "true");
  for (const auto& [name, value] : otel.extra_env)
    put_variable(out, name, value);
}

void put_sources(json::writer& out, std::string_view kind,
                 const std::vector<env_source>& sources) {
  for (const auto& source : sources)
    json::put_item(out, [&] {
      json::put_unless_empty(out, "prefix", source.prefix);
      json::put_object(out, kind, [&] { json::put(out, "name", source.name); });
    });
}

} // namespace

void put_env(json::writer& out, const spec_values& spec,
             const kafka_settings& kafka) {
  json::put_list(out, "env", [&] {
    put_kafka(out, kafka);
    put_open_telemetry(out, spec.open_telemetry);
    if (spec.env.variables != nullptr)
      for (const auto& variable : spec.env.variables->GetArray())
        variable.Accept(out);
  });
}

void put_env_from(json::writer& out, const env_spec& env) {
  if (env.config_maps.empty() && env.secrets.empty())
    return;
  json::put_list(out, "envFrom", [&] {
    put_sources(out, "configMapRef", env.config_maps);
    put_sources(out, "secretRef", env.secrets);
  });
}

} // namespace locust
