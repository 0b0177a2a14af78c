#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/credentials.hpp"
#include "protocol/error.hpp"

#include <functional>
#include <string>
#include <thread>

// Gets credentials from where the kubeconfig says. Reads files and runs
// programs.

namespace locust {

/// Returns the bearer token in the file. Opens it by its path each time: the
/// kubelet swaps a link above it.
result<fresh_credential> load_token_file(const std::string& path);

/// Runs the plugin, waits for its end and reads what it printed. Ends it, with
/// all that it has started, after 60 s, or as soon as `cancel_fd` becomes
/// readable. Blocks.
result<fresh_credential> run_exec_plugin(const exec_plugin& plugin,
                                         const cluster_access& access,
                                         int cancel_fd);

/// Loads in the background, one load at a time.
class credential_loader {
public:
  /// Called with each outcome: from within `load` for a file, from a thread of
  /// the loader for a plugin. Must not block and not call back.
  using on_loaded = std::function<void(result<fresh_credential>)>;

  credential_loader(cluster_access access, on_loaded callback);
  credential_loader(const credential_loader&) = delete;
  credential_loader& operator=(const credential_loader&) = delete;

  /// Ends a plugin that runs and waits for that; a moment at most.
  ~credential_loader();

  /// Starts a load. The one before must be over.
  void load();

private:
  cluster_access access_;
  on_loaded callback_;
  int cancel_fd_ = -1;
  std::thread plugin_thread_;
};

} // namespace locust
