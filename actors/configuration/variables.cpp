#include "actors/configuration/environment.hpp"
#include "actors/configuration/member.hpp"

#include <array>

// The table of environment variables; the built-in defaults are those of
// operator_settings.

namespace locust {

namespace {

using settings = operator_settings;
using resources = compute_resources;
using exporter = exporter_settings;
using kafka = kafka_settings;
using kind = variable_kind;

template <auto... Members>
auto& at(settings& s) {
  return member_path::at<settings, Members...>(s);
}

bool ttl_is_plausible(const settings& s) {
  return s.job_ttl_seconds.value_or(0) >= 0;
}

bool port_is_plausible(const settings& s) {
  auto port = s.exporter.port;
  return port >= 1 && port <= 65535 && port != 5557 && port != 5558 &&
         port != 8089;
}

bool policy_is_plausible(const settings& s) {
  const auto& policy = s.exporter.pull_policy;
  return policy == "Always" || policy == "IfNotPresent" || policy == "Never";
}

constexpr std::array table = std::to_array<environment_variable>({
    {"JOB_TTL_SECONDS_AFTER_FINISHED", kind::optional_integer,
     "`ttlSecondsAfterFinished` of both Jobs; not set: finished Jobs are kept",
     at<&settings::job_ttl_seconds>,
     "0 or more, or the API server rejects every Job", ttl_is_plausible},

    {"POD_CPU_REQUEST", kind::quantity, "CPU request of the Locust container",
     at<&settings::pod, &resources::cpu_request>},
    {"POD_MEM_REQUEST", kind::quantity,
     "memory request of the Locust container",
     at<&settings::pod, &resources::memory_request>},
    {"POD_EPHEMERAL_REQUEST", kind::quantity,
     "ephemeral storage request of the Locust container",
     at<&settings::pod, &resources::ephemeral_request>},
    {"POD_CPU_LIMIT", kind::quantity, "CPU limit of the Locust container",
     at<&settings::pod, &resources::cpu_limit>},
    {"POD_MEM_LIMIT", kind::quantity, "memory limit of the Locust container",
     at<&settings::pod, &resources::memory_limit>},
    {"POD_EPHEMERAL_LIMIT", kind::quantity,
     "ephemeral storage limit of the Locust container",
     at<&settings::pod, &resources::ephemeral_limit>},

    {"MASTER_POD_CPU_REQUEST", kind::quantity,
     "overrides `POD_CPU_REQUEST` for the master",
     at<&settings::master_pod, &resources::cpu_request>},
    {"MASTER_POD_MEM_REQUEST", kind::quantity,
     "overrides `POD_MEM_REQUEST` for the master",
     at<&settings::master_pod, &resources::memory_request>},
    {"MASTER_POD_EPHEMERAL_REQUEST", kind::quantity,
     "overrides `POD_EPHEMERAL_REQUEST` for the master",
     at<&settings::master_pod, &resources::ephemeral_request>},
    {"MASTER_POD_CPU_LIMIT", kind::quantity,
     "overrides `POD_CPU_LIMIT` for the master",
     at<&settings::master_pod, &resources::cpu_limit>},
    {"MASTER_POD_MEM_LIMIT", kind::quantity,
     "overrides `POD_MEM_LIMIT` for the master",
     at<&settings::master_pod, &resources::memory_limit>},
    {"MASTER_POD_EPHEMERAL_LIMIT", kind::quantity,
     "overrides `POD_EPHEMERAL_LIMIT` for the master",
     at<&settings::master_pod, &resources::ephemeral_limit>},

    {"WORKER_POD_CPU_REQUEST", kind::quantity,
     "overrides `POD_CPU_REQUEST` for workers",
     at<&settings::worker_pod, &resources::cpu_request>},
    {"WORKER_POD_MEM_REQUEST", kind::quantity,
     "overrides `POD_MEM_REQUEST` for workers",
     at<&settings::worker_pod, &resources::memory_request>},
    {"WORKER_POD_EPHEMERAL_REQUEST", kind::quantity,
     "overrides `POD_EPHEMERAL_REQUEST` for workers",
     at<&settings::worker_pod, &resources::ephemeral_request>},
    {"WORKER_POD_CPU_LIMIT", kind::quantity,
     "overrides `POD_CPU_LIMIT` for workers",
     at<&settings::worker_pod, &resources::cpu_limit>},
    {"WORKER_POD_MEM_LIMIT", kind::quantity,
     "overrides `POD_MEM_LIMIT` for workers",
     at<&settings::worker_pod, &resources::memory_limit>},
    {"WORKER_POD_EPHEMERAL_LIMIT", kind::quantity,
     "overrides `POD_EPHEMERAL_LIMIT` for workers",
     at<&settings::worker_pod, &resources::ephemeral_limit>},

    {"METRICS_EXPORTER_ENABLED", kind::boolean,
     "whether masters without OpenTelemetry have a metrics exporter; the "
     "operator serves the load of tests in any case",
     at<&settings::exporter, &exporter::enabled>},
    {"METRICS_EXPORTER_IMAGE", kind::string, "image of the metrics exporter",
     at<&settings::exporter, &exporter::image>},
    {"METRICS_EXPORTER_PORT", kind::integer,
     "port of the metrics exporter in the pod, the Service and the scrape "
     "annotation",
     at<&settings::exporter, &exporter::port>,
     "1 to 65535 except 5557, 5558 and 8089, which Locust uses, or no test "
     "without OpenTelemetry can run",
     port_is_plausible},
    {"METRICS_EXPORTER_IMAGE_PULL_POLICY", kind::string,
     "pull policy of the metrics exporter",
     at<&settings::exporter, &exporter::pull_policy>,
     "Always, IfNotPresent or Never, or no test without OpenTelemetry can run",
     policy_is_plausible},
    {"METRICS_EXPORTER_CPU_REQUEST", kind::quantity,
     "CPU request of the metrics exporter",
     at<&settings::exporter, &exporter::resources, &resources::cpu_request>},
    {"METRICS_EXPORTER_MEM_REQUEST", kind::quantity,
     "memory request of the metrics exporter",
     at<&settings::exporter, &exporter::resources, &resources::memory_request>},
    {"METRICS_EXPORTER_EPHEMERAL_REQUEST", kind::quantity,
     "ephemeral storage request of the metrics exporter",
     at<&settings::exporter, &exporter::resources,
        &resources::ephemeral_request>},
    {"METRICS_EXPORTER_CPU_LIMIT", kind::quantity,
     "CPU limit of the metrics exporter",
     at<&settings::exporter, &exporter::resources, &resources::cpu_limit>},
    {"METRICS_EXPORTER_MEM_LIMIT", kind::quantity,
     "memory limit of the metrics exporter",
     at<&settings::exporter, &exporter::resources, &resources::memory_limit>},
    {"METRICS_EXPORTER_EPHEMERAL_LIMIT", kind::quantity,
     "ephemeral storage limit of the metrics exporter",
     at<&settings::exporter, &exporter::resources,
        &resources::ephemeral_limit>},

    {"KAFKA_BOOTSTRAP_SERVERS", kind::string, "passed to the Locust containers",
     at<&settings::kafka, &kafka::bootstrap_servers>},
    {"KAFKA_SECURITY_ENABLED", kind::boolean, "passed to the Locust containers",
     at<&settings::kafka, &kafka::security_enabled>},
    {"KAFKA_SECURITY_PROTOCOL_CONFIG", kind::string,
     "passed to the Locust containers",
     at<&settings::kafka, &kafka::security_protocol>},
    {"KAFKA_SASL_MECHANISM", kind::string, "passed to the Locust containers",
     at<&settings::kafka, &kafka::sasl_mechanism>},
    {.name = "KAFKA_SASL_JAAS_CONFIG",
     .kind = kind::string,
     .meaning = "passed to the Locust containers, in plain text",
     .target = at<&settings::kafka, &kafka::sasl_jaas_config>,
     .secret = true},
    {"KAFKA_USERNAME", kind::string, "passed to the Locust containers",
     at<&settings::kafka, &kafka::username>},
    {.name = "KAFKA_PASSWORD",
     .kind = kind::string,
     .meaning = "passed to the Locust containers, in plain text",
     .target = at<&settings::kafka, &kafka::password>,
     .secret = true},

    {"ENABLE_AFFINITY_CR_INJECTION", kind::boolean,
     "whether the operator applies `spec.scheduling.affinity` to pods",
     at<&settings::affinity_injection>},
    {"ENABLE_TAINT_TOLERATIONS_CR_INJECTION", kind::boolean,
     "whether the operator applies `spec.scheduling.tolerations` to pods",
     at<&settings::tolerations_injection>},
    {"DEFAULT_RUNTIME_CLASS_NAME", kind::dns_subdomain,
     "runtime class for tests that do not set one",
     at<&settings::default_runtime_class>},
    {"POD_HEALTH_GRACE_SECONDS", kind::seconds,
     "how long pods may be unhealthy before the test fails",
     at<&settings::pod_health_grace>},
});

} // namespace

std::span<const environment_variable> environment_variables() {
  return table;
}

} // namespace locust
