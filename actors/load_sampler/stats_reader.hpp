#pragma once

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

/// What a Locust master says about its load. Nothing stands for a figure that
/// it does not say, or that cannot be true: not a number, negative, or huge.
struct load_figures {
  /// One of Locust's words; empty for any other.
  std::string_view state;
  std::optional<int64_t> users{};
  /// Of the last 10 s.
  std::optional<double> requests_per_second{};
  std::optional<double> failures_per_second{};
  /// Of the whole run, 0 to 1.
  std::optional<double> fail_ratio{};
  /// Response times that 50, 95 and 99 % of the requests did not exceed, in
  /// milliseconds: of the last 10 s where Locust says that, else of the run.
  std::optional<double> p50{};
  std::optional<double> p95{};
  std::optional<double> p99{};
  /// Of the whole run.
  std::optional<int64_t> requests{};
  std::optional<int64_t> failures{};
  /// Of the list of workers: the missing ones, and of the others the highest
  /// CPU usage in percent of a core, and how many exceed the warning level.
  std::optional<int32_t> missing{};
  std::optional<double> busiest_cpu{};
  std::optional<int32_t> overloaded{};

  bool operator==(const load_figures&) const = default;
};

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

  bool operator==(const master_stats&) const = default;
};

/// Reads the answer of a Locust master to `GET /stats/requests`. Nothing when
/// it does not say how many workers are connected (not a master, or not
/// Locust). Skips everything else, because the fields differ between releases.
std::optional<master_stats> read_stats(std::string_view stats);

} // namespace locust
