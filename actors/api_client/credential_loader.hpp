#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/credentials.hpp"
#include "protocol/error.hpp"

#include <functional>
#include <string>
#include <thread>

// Loads credentials from the source in the kubeconfig. Reads files and runs
// programs.

namespace locust {

/// Returns the bearer token in the file. Opens it by path each time, because
/// the kubelet swaps a symlink in that path.
result<fresh_credential> load_token_file(const std::string& path);

/// Runs the plugin and parses its output. Kills it, with all processes that it
/// has started, after 60 s or when `cancel_fd` becomes readable. Blocks.
result<fresh_credential> run_exec_plugin(const exec_plugin& plugin,
                                         const cluster_access& access,
                                         int cancel_fd);

/// Loads credentials in the background, one at a time.
class credential_loader {
public:
  /// Called with each result: inside `load` for a file, on a thread of the
  /// loader for a plugin. Must not block or call the loader.
  using on_loaded = std::function<void(result<fresh_credential>)>;

  credential_loader(cluster_access access, on_loaded callback);
  credential_loader(const credential_loader&) = delete;
  credential_loader& operator=(const credential_loader&) = delete;

  /// Kills a running plugin and waits for its end.
  ~credential_loader();

  /// Starts to load. A previous load must have ended.
  void load();

private:
  cluster_access access_;
  on_loaded callback_;
  int cancel_fd_ = -1;
  std::thread plugin_thread_;
};

} // namespace locust
