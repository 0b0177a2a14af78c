#pragma once

#include "protocol/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Address of a cluster and credentials for it, as a kubeconfig or the
// in-cluster files define them. Values only.

namespace locust {

/// A PEM text in memory, or the path of a PEM file; neither: not set.
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
  /// Added to the environment of this process for the plugin.
  std::vector<std::pair<std::string, std::string>> environment;
  /// What to tell a user who has not installed the program.
  std::string install_hint;
  /// Whether the plugin gets the cluster in KUBERNETES_EXEC_INFO.
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

/// A file whose content is replaced regularly, usually by swapping a symlink.
struct token_file {
  std::string path;

  bool operator==(const token_file&) const = default;
};

using token_source =
    std::variant<no_token, static_token, token_file, exec_plugin>;

/// `cluster_access::origin` when running in a pod.
inline constexpr std::string_view in_cluster = "in-cluster";

struct cluster_access {
  /// `http[s]://host[:port][/prefix]` without a slash at the end.
  std::string server;
  /// Empty: the CAs that the system trusts.
  pem_source ca;
  pem_source client_certificate;
  pem_source client_key;
  token_source token;
  /// Name to expect in the server's certificate if it is not the host of
  /// `server`.
  std::string tls_server_name;
  /// Accept any server certificate.
  bool insecure = false;
  /// URL of a proxy; empty: from the environment (HTTPS_PROXY, NO_PROXY).
  std::string proxy;
  std::string default_namespace = "default";
  /// The source of these values, for logs: `context NAME of FILE` or
  /// `in-cluster`.
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
  /// Returns `host:port`, as messages name it.
  std::string endpoint() const;

  bool operator==(const server_url&) const = default;
};

/// Parses the URL of an API server. Like client-go, it reads `host:port`
/// without a scheme as plain HTTP. Fails for user names, queries and fragments.
result<server_url> parse_server_url(std::string_view text);

} // namespace locust
