#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "protocol/error.hpp"

#include <string>

// Finds out which cluster is meant. Reads files; the rest is in kubeconfig.hpp.

namespace locust {

/// Everything that decides; empty texts are not given.
struct access_options {
  /// Flag `--kubeconfig`: one path, which must exist.
  std::string kubeconfig_flag;
  /// Flag `--context`. With it in-cluster files are not considered.
  std::string context_flag;
  /// Environment KUBECONFIG: paths joined by colons, of which some may be
  /// missing.
  std::string kubeconfig_variable;
  /// Environment KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT.
  std::string service_host;
  std::string service_port;
  /// Home folder; `.kube/config` in it is the last resort.
  std::string home;
  /// Where a pod finds its service account.
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// Returns the options with the environment of this process filled in.
access_options access_options_from_environment();

/// Returns the first that is given of: `kubeconfig_flag`,
/// `kubeconfig_variable`, the in-cluster files, `~/.kube/config`. Fails with
/// one sentence, also when none is given: then it says where it looked.
result<cluster_access> find_cluster_access(const access_options& options);

/// Reads a file of at most `limit` bytes whole.
result<std::string> read_text_file(const std::string& path, size_t limit);

} // namespace locust
