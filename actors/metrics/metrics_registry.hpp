#pragma once

#include "actors/metrics/operator_metrics.hpp"

#include <memory>
#include <optional>
#include <string>

namespace locust {

/// Labels, and which optional series there are.
struct metrics_setup {
  /// Version and commit of this build.
  std::string version;
  std::string commit;
  /// The API server: `10.96.0.1:443`.
  std::string api_host;
  /// Number of supervisors that can run at the same time.
  size_t workers = 0;
  /// Whether there are series for webhooks.
  bool webhooks = false;
  /// Whether there are series for certificate files.
  bool certificate_files = false;
  /// Name of the Lease; nothing without leader election.
  std::optional<std::string> lease;
  /// How many tests have series of their own.
  size_t most_tests = 0;
};

/// Owns all series. Must outlive all handles.
class metrics_registry {
public:
  explicit metrics_registry(const metrics_setup& setup);
  metrics_registry(const metrics_registry&) = delete;
  metrics_registry& operator=(const metrics_registry&) = delete;
  ~metrics_registry();

  const operator_metrics& handles() const;

  /// All series in the text format of Prometheus (0.0.4). Any thread.
  std::string text() const;

private:
  struct implementation;
  std::unique_ptr<implementation> all_;
};

} // namespace locust
