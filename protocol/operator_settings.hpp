#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// What an installation decides about every test that it runs. Values only;
// actors/configuration fills them from the environment before any actor exists,
// and nobody changes them afterwards. A default-constructed `operator_settings`
// is an installation without any setting, so the built-in defaults stand here
// and nowhere else.

namespace locust {

/// Requests and limits of one container as Kubernetes quantities, passed on as
/// they were written. An empty text leaves that quantity out.
struct compute_resources {
  std::string cpu_request;
  std::string memory_request;
  std::string ephemeral_request;
  std::string cpu_limit;
  std::string memory_limit;
  std::string ephemeral_limit;

  bool operator==(const compute_resources&) const = default;
};

/// The built-in requests and limits of a Locust container and of the exporter.
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
  std::string image = "containersol/locust_exporter:v0.5.0";
  /// Container port, Service port and scrape annotation.
  int32_t port = 9646;
  std::string pull_policy = "Always";
  compute_resources resources = default_resources();

  bool operator==(const exporter_settings&) const = default;
};

/// Copied into the environment of every Locust container, for locustfiles that
/// talk to Kafka.
struct kafka_settings {
  std::string bootstrap_servers = "localhost:9092";
  bool security_enabled = false;
  std::string security_protocol = "SASL_PLAINTEXT";
  std::string sasl_mechanism = "SCRAM-SHA-512";
  std::string sasl_jaas_config;
  std::string username;
  /// Ends up as plain text in the pod spec; keep it out of logs.
  std::string password;

  bool operator==(const kafka_settings&) const = default;
};

struct operator_settings {
  /// `ttlSecondsAfterFinished` of both Jobs; absent: they stay.
  std::optional<int32_t> job_ttl_seconds;
  /// For the Locust container of either role.
  compute_resources pod = default_resources();
  /// Each quantity that is not empty wins over the one of `pod`.
  compute_resources master_pod;
  compute_resources worker_pod;
  exporter_settings exporter;
  kafka_settings kafka;
  /// Whether `spec.scheduling.affinity` and `.tolerations` reach the pods.
  bool affinity_injection = false;
  bool tolerations_injection = false;
  /// For tests that name no runtime class; empty for none.
  std::string default_runtime_class;
  /// For how long pods may be in trouble before that fails the test
  /// (docs/behaviour/pods.md#grace-period).
  std::chrono::seconds pod_health_grace{120};

  bool operator==(const operator_settings&) const = default;
};

} // namespace locust
