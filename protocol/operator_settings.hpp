#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// Settings of an installation that apply to all tests. Values only;
// actors/configuration reads them from the environment before any actor starts,
// and they are immutable afterwards. A default-constructed `operator_settings`
// is an installation without any setting, so the built-in defaults are defined
// here only.

namespace locust {

/// Requests and limits of one container as Kubernetes quantities, passed on as
/// written. An empty string omits the quantity.
struct compute_resources {
  std::string cpu_request;
  std::string memory_request;
  std::string ephemeral_request;
  std::string cpu_limit;
  std::string memory_limit;
  std::string ephemeral_limit;

  bool operator==(const compute_resources&) const = default;
};

/// Returns the built-in requests and limits of a Locust container and of the
/// exporter.
inline compute_resources default_resources() {
  return {.cpu_request = "250m",
          .memory_request = "128Mi",
          .ephemeral_request = "30M",
          .cpu_limit = "1000m",
          .memory_limit = "1024Mi",
          .ephemeral_limit = "50M"};
}

/// The sidecar that turns the statistics of a Locust master into Prometheus
/// metrics.
struct exporter_settings {
  /// Without it, the operator serves the load of tests
  /// (docs/metrics.md#series-of-each-test).
  bool enabled = true;
  std::string image = "containersol/locust_exporter:v0.5.0";
  /// Container port, Service port and scrape annotation.
  int32_t port = 9646;
  std::string pull_policy = "Always";
  compute_resources resources = default_resources();

  bool operator==(const exporter_settings&) const = default;
};

/// Passed to the environment of every Locust container, for locustfiles that
/// use Kafka.
struct kafka_settings {
  std::string bootstrap_servers = "localhost:9092";
  bool security_enabled = false;
  std::string security_protocol = "SASL_PLAINTEXT";
  std::string sasl_mechanism = "SCRAM-SHA-512";
  std::string sasl_jaas_config;
  std::string username;
  /// Plain text in the pod spec; must not be logged.
  std::string password;

  bool operator==(const kafka_settings&) const = default;
};

/// What the name of a master Service stands for
/// (docs/behaviour/children.md#headless-service).
enum class service_mode : uint8_t {
  cluster_ip, ///< one virtual address, as in the Go operator
  headless,   ///< the address of the master pod; no virtual one is allocated
};

struct operator_settings {
  /// `ttlSecondsAfterFinished` of both Jobs; absent: finished Jobs are kept.
  std::optional<int32_t> job_ttl_seconds;
  /// For the Locust container of either role.
  compute_resources pod = default_resources();
  /// Each quantity that is not empty overrides that of `pod`.
  compute_resources master_pod;
  compute_resources worker_pod;
  exporter_settings exporter;
  kafka_settings kafka;
  /// Whether the operator applies `spec.scheduling.affinity` and `.tolerations`
  /// to the pods.
  bool affinity_injection = false;
  bool tolerations_injection = false;
  /// For tests that do not set a runtime class; empty for none.
  std::string default_runtime_class;
  /// How long pods may be unhealthy before the test fails
  /// (docs/behaviour/pods.md#grace-period).
  std::chrono::seconds pod_health_grace{120};
  service_mode master_service = service_mode::cluster_ip;

  bool operator==(const operator_settings&) const = default;
};

} // namespace locust
