#pragma once

#include "actors/configuration/bind_address.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace locust {

/// A certificate in files: `<path>/<name>` and `<path>/<key>`.
struct certificate_files {
  /// Empty: not given.
  std::string path;
  std::string name = "tls.crt";
  std::string key = "tls.key";

  bool operator==(const certificate_files&) const = default;
};

struct metrics_options {
  /// Absent: no metrics server.
  std::optional<bind_address> address;
  /// TLS, authentication and authorisation.
  bool secure = true;
  certificate_files certificate;
  /// How many tests have series of their own.
  uint32_t max_tests = 500;

  bool operator==(const metrics_options&) const = default;
};

struct webhook_options {
  bool enabled = false;
  bind_address address{{}, 9443};
  certificate_files certificate;
  /// How long to wait for both files; 0 or less: forever.
  std::chrono::nanoseconds certificate_wait = std::chrono::minutes(2);
  /// The operator creates and renews the certificate
  /// (docs/behaviour/process.md#webhook-certificate), stores it in the Secret
  /// `secret` for the Service `service`, both in `ns`, and publishes its CA in
  /// the CRD and the ValidatingWebhookConfiguration `configuration`.
  bool self_managed = false;
  std::string service = "locust-operator-webhook";
  std::string secret = "locust-operator-webhook-certs";
  std::string configuration = "locust-operator-validating";
  /// Empty: the namespace of the operator's pod.
  std::string ns;

  bool operator==(const webhook_options&) const = default;
};

/// Leader election between replicas by a Lease. The names are those of
/// client-go.
struct election_options {
  bool enabled = false;
  /// How long other replicas wait before they acquire a Lease that is no longer
  /// renewed.
  std::chrono::nanoseconds lease_duration = std::chrono::seconds(15);
  /// How long the leader tries to renew the Lease before it exits.
  std::chrono::nanoseconds renew_deadline = std::chrono::seconds(10);
  /// Interval between attempts to acquire or renew the Lease.
  std::chrono::nanoseconds retry_period = std::chrono::seconds(2);
  /// Empty: the namespace of the operator's pod.
  std::string ns;

  bool operator==(const election_options&) const = default;
};

/// Logging; the Go operator configures zap with these flags.
struct log_options {
  /// As given: `info`, or a number for more detail; empty: not given.
  std::string level;
  /// Development mode: `debug`, unless a level is given.
  bool devel = false;
  /// `text` or `json`; empty: as `encoder`, otherwise text.
  std::string format;
  /// The format in the Go operator: `console` or `json`; empty: not given.
  std::string encoder;
  /// Accepted without effect: there are no stack traces, and only one time
  /// format.
  std::string stacktrace_level = "error";
  std::string time_encoding;

  bool operator==(const log_options&) const = default;
};

/// The options of the command line, and of the few environment variables that
/// set flags.
struct operator_options {
  /// Empty: KUBECONFIG, then the other sources.
  std::string kubeconfig;
  std::string context;
  /// The watched namespaces; empty: all.
  std::vector<std::string> namespaces;
  std::string journal;
  /// `suspend` or `leave`.
  std::string after_end = "suspend";
  /// `on` or `off`.
  std::string reports = "on";
  /// `cluster-ip` or `headless`.
  std::string service_mode = "cluster-ip";
  /// `auto`, `direct`, `proxy` or `off`.
  std::string master_access = "auto";
  /// Writes of live figures per second, over all tests.
  uint32_t live_status_qps = 5;
  /// Absent: no probes.
  std::optional<bind_address> probes = bind_address{{}, 8081};
  webhook_options webhook;
  metrics_options metrics;
  election_options election;
  /// HTTP/2 for the metrics and webhook servers.
  bool http2 = false;
  log_options log;
  /// Print the configuration and exit.
  bool print_configuration = false;

  bool operator==(const operator_options&) const = default;
};

/// Returns whether the log is written as JSON.
bool logs_json(const log_options& log);

/// Returns the spdlog name of the resulting log level: `trace`, `debug`,
/// `info`, `error` or `critical`.
std::string log_level(const log_options& log);

} // namespace locust
