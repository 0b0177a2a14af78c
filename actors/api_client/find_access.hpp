#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "protocol/error.hpp"

#include <string>

// Finds the cluster to connect to. Reads files; kubeconfig.hpp does the rest.

namespace locust {

/// All inputs; empty texts are not set.
struct access_options {
  /// Flag `--kubeconfig`: a path that must exist.
  std::string kubeconfig_flag;
  /// Flag `--context`. If set, in-cluster files are ignored.
  std::string context_flag;
  /// Environment variable KUBECONFIG: paths separated by colons; missing files
  /// are skipped.
  std::string kubeconfig_variable;
  /// Environment variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT.
  std::string service_host;
  std::string service_port;
  /// Home directory; `.kube/config` in it is the last choice.
  std::string home;
  /// Where a pod has its service account files.
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// Returns the options from the environment of this process.
access_options access_options_from_environment();

/// Returns the first one available of: `kubeconfig_flag`,
/// `kubeconfig_variable`, the in-cluster files, `~/.kube/config`. Fails with a
/// sentence for users; if none is available, it names all of them.
result<cluster_access> find_cluster_access(const access_options& options);

/// Reads a whole file of at most `limit` bytes.
result<std::string> read_text_file(const std::string& path, size_t limit);

} // namespace locust
