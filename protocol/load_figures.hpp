#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// A row of Locust's table of statistics. Response times are in milliseconds.
struct endpoint_figures {
  /// For example `GET`; empty for a row without.
  std::string method;
  std::string name;
  int64_t requests = 0;
  int64_t failures = 0;
  std::optional<double> p95{};
  std::optional<double> longest{};

  bool operator==(const endpoint_figures&) const = default;
};

/// A row of Locust's table of failures.
struct error_figures {
  std::string method;
  std::string name;
  std::string error;
  int64_t occurrences = 0;

  bool operator==(const error_figures&) const = default;
};

/// What a Locust master says about its load. Nothing stands for a figure that
/// it does not say, or that cannot be true: not a number, negative, or huge.
struct load_figures {
  /// One of Locust's words; empty for any other.
  std::string_view state;
  std::optional<int64_t> users{};
  /// Of the last 10 s; 0 while it makes no load.
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

/// The totals that a Locust master says, as in the tables that Locust prints at
/// the end of a run.
struct run_figures {
  std::optional<int64_t> requests{};
  std::optional<int64_t> failures{};
  /// Requests per second from the first to the last request.
  std::optional<double> average_rate{};
  /// Response times, in milliseconds.
  std::optional<double> p50{};
  std::optional<double> p95{};
  std::optional<double> p99{};
  std::optional<double> longest{};
  /// Those with the most failures first, then the slowest by p95; at most
  /// `most_endpoints` of those that the master lists, which are 500.
  std::vector<endpoint_figures> worst{};
  /// The most frequent ones first, at most `most_errors`.
  std::vector<error_figures> errors{};

  bool operator==(const run_figures&) const = default;
};

inline constexpr size_t most_endpoints = 10;
inline constexpr size_t most_errors = 5;
/// Longer names and errors are cut, in bytes.
inline constexpr size_t longest_endpoint_name = 200;
inline constexpr size_t longest_error_text = 300;

} // namespace locust
