#pragma once

#include "protocol/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// How to reach a cluster and as whom: what a kubeconfig or the in-cluster files
// come down to. Values only.

namespace locust {

/// A PEM text in memory or the path of a file with one; neither: not given.
struct pem_source {
  std::string path;
  std::string pem;

  bool empty() const {
    return path.empty() && pem.empty();
  }

  bool operator==(const pem_source&) const = default;
};

/// A program that prints credentials (client.authentication.k8s.io).
struct exec_plugin {
  /// Either of `client.authentication.k8s.io/v1` and `.../v1beta1`.
  std::string api_version;
  /// Path, or a name that is looked up in PATH.
  std::string command;
  std::vector<std::string> arguments;
  /// Added to the environment of this process.
  std::vector<std::pair<std::string, std::string>> environment;
  /// What to tell a person who does not have the program.
  std::string install_hint;
  /// Whether it gets told which cluster it is for.
  bool provide_cluster_info = false;

  bool operator==(const exec_plugin&) const = default;
};

/// Requests carry no bearer token.
struct no_token {
  bool operator==(const no_token&) const = default;
};

struct static_token {
  std::string token;

  bool operator==(const static_token&) const = default;
};

/// A file whose content changes from time to time, by a swapped link as a rule.
struct token_file {
  std::string path;

  bool operator==(const token_file&) const = default;
};

using token_source =
    std::variant<no_token, static_token, token_file, exec_plugin>;

/// `cluster_access::origin` of a pod.
inline constexpr std::string_view in_cluster = "in-cluster";

struct cluster_access {
  /// `http[s]://host[:port][/prefix]` without a slash at the end.
  std::string server;
  /// Empty: those that the system trusts.
  pem_source ca;
  pem_source client_certificate;
  pem_source client_key;
  token_source token;
  /// Name in the server's certificate when it is not that of `server`.
  std::string tls_server_name;
  /// Accept any server certificate.
  bool insecure = false;
  /// URL of a proxy; empty: what the environment says (HTTPS_PROXY, NO_PROXY).
  std::string proxy;
  std::string default_namespace = "default";
  /// Where this comes from, for logs: `context NAME of FILE` or `in-cluster`.
  std::string origin;

  bool operator==(const cluster_access&) const = default;
};

/// The parts of `cluster_access::server`.
struct server_url {
  bool tls = true;
  /// Name or address; an IPv6 address in brackets.
  std::string host;
  uint16_t port = 443;
  /// Empty or `/prefix` without a slash at the end.
  std::string path;

  /// Returns `https://host:port/prefix`.
  std::string to_string() const;
  /// Returns `host:port`, the name for messages.
  std::string endpoint() const;

  bool operator==(const server_url&) const = default;
};

/// Reads the URL of an API server. Like client-go, takes `host:port` without a
/// scheme as plain HTTP. Refuses user names, queries and fragments.
result<server_url> parse_server_url(std::string_view text);

} // namespace locust
