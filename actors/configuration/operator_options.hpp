#pragma once

#include "actors/configuration/bind_address.hpp"

#include <chrono>
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
  /// Nothing: no metrics server.
  std::optional<bind_address> address;
  /// TLS, authentication and authorisation.
  bool secure = true;
  certificate_files certificate;

  bool operator==(const metrics_options&) const = default;
};

struct webhook_options {
  bool enabled = false;
  bind_address address{{}, 9443};
  certificate_files certificate;
  /// For how long both files are waited for; 0 or less: for ever.
  std::chrono::nanoseconds certificate_wait = std::chrono::minutes(2);
  /// The operator makes and renews the certificate itself
  /// (docs/behaviour/process.md#webhook-certificate), in the Secret `secret`,
  /// for the Service `service`, both in `ns`, and tells the CRD and the
  /// ValidatingWebhookConfiguration `configuration` of its CA.
  bool self_managed = false;
  std::string service = "locust-operator-webhook";
  std::string secret = "locust-operator-webhook-certs";
  std::string configuration = "locust-operator-validating";
  /// Empty: the namespace that the operator itself is in.
  std::string ns;

  bool operator==(const webhook_options&) const = default;
};

/// One of several replicas works, the one that holds the Lease. The names are
/// client-go's.
struct election_options {
  bool enabled = false;
  /// For how long a holder that is not heard of any more keeps the Lease.
  std::chrono::nanoseconds lease_duration = std::chrono::seconds(15);
  /// A holder that could not renew for so long gives up.
  std::chrono::nanoseconds renew_deadline = std::chrono::seconds(10);
  /// Between two attempts to get or renew it.
  std::chrono::nanoseconds retry_period = std::chrono::seconds(2);
  /// Empty: the namespace of the operator's pod.
  std::string ns;

  bool operator==(const election_options&) const = default;
};

/// What the Go operator calls zap.
struct log_options {
  /// As it was written: `info`, or a number for more detail; empty: not given.
  std::string level;
  /// For development: `debug`, unless a level is given.
  bool devel = false;
  /// `text` or `json`; empty: what `encoder` says, else text.
  std::string format;
  /// The Go operator's word: `console` or `json`; empty: not given.
  std::string encoder;
  /// These are accepted, but there are no stack traces, and one form of times.
  std::string stacktrace_level = "error";
  std::string time_encoding;

  bool operator==(const log_options&) const = default;
};

/// What the command line says, and the few environment variables that say the
/// same.
struct operator_options {
  /// Empty: KUBECONFIG and what comes after it.
  std::string kubeconfig;
  std::string context;
  /// The only namespaces to look after; empty: all.
  std::vector<std::string> namespaces;
  std::string journal;
  /// Nothing: no probes.
  std::optional<bind_address> probes = bind_address{{}, 8081};
  webhook_options webhook;
  metrics_options metrics;
  election_options election;
  /// HTTP/2 on the servers for metrics and webhooks.
  bool http2 = false;
  log_options log;
  /// Show the configuration and end.
  bool print_configuration = false;

  bool operator==(const operator_options&) const = default;
};

/// Returns whether the log is to be JSON.
bool logs_json(const log_options& log);

/// Returns spdlog's name of the log level that the options come to: `trace`,
/// `debug`, `info`, `error` or `critical`.
std::string log_level(const log_options& log);

} // namespace locust
