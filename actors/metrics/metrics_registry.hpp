#pragma once

#include "actors/metrics/operator_metrics.hpp"

#include <memory>
#include <optional>
#include <string>

namespace locust {

/// What the series are made for.
struct metrics_setup {
  /// Of this build.
  std::string version;
  std::string commit;
  /// The API server: `10.96.0.1:443`.
  std::string api_host;
  /// Supervisors that can be at work at once.
  size_t workers = 0;
  /// Whether there are series about webhooks.
  bool webhooks = false;
  /// Whether there are series about certificate files.
  bool certificate_files = false;
  /// The Lease that a leader is elected by; nothing: none is.
  std::optional<std::string> lease;
};

/// Owns all series. Must outlive whoever counts.
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
