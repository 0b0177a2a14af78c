#pragma once

#include "protocol/load_figures.hpp"
#include "protocol/run_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace locust {

/// Longer answers are rejected. 500 rows of statistics (the maximum of Locust)
/// are 200 KB, 500 errors with long texts somewhat more.
inline constexpr size_t stats_limit = size_t{4} << 20;

/// Locust logs a warning about a worker that needs more than this share of a
/// CPU core, in percent, because its response times cannot be trusted.
inline constexpr double cpu_warning_level = 90;

/// What a Locust master says about itself.
struct master_stats {
  /// The connected workers: `worker_count`, or else the number of `workers`
  /// whose state is not `missing`.
  int32_t workers = 0;
  /// The number of pods that these workers run in. Locust makes the id of a
  /// worker of the name of its host, which is the name of its pod, and a uuid:
  /// `demo-worker-x7k2p_0a1b...`. Nothing without a list of workers with ids.
  std::optional<int32_t> pods{};
  master_state state = master_state::unknown;
  load_figures figures{};
  run_figures totals{};

  bool operator==(const master_stats&) const = default;
};

/// Reads the answer of a Locust master to `GET /stats/requests`. Nothing when
/// it does not say how many workers are connected (not a master, or not
/// Locust). Skips everything else, because the fields differ between releases.
std::optional<master_stats> read_stats(std::string_view stats);

} // namespace locust
