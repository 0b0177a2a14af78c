#pragma once

#include "protocol/load_figures.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Picks the rows that a user looks at first from tables of any length.

namespace locust {

/// A row of one of Locust's tables, as far as it has been read. Reused for the
/// next row, because a table has hundreds.
struct table_row {
  std::string method;
  std::string name;
  std::string error;
  std::optional<int64_t> requests;
  std::optional<int64_t> failures;
  std::optional<int64_t> occurrences;
  std::optional<double> average_rate;
  std::optional<double> p50;
  std::optional<double> p95;
  std::optional<double> p99;
  std::optional<double> longest;
  bool has_begun = false;

  /// Forgets everything but the memory of the texts.
  void begin();

  /// Locust calls the sum of all endpoints so, which is its last row.
  bool is_total() const {
    return name == "Aggregated";
  }
};

/// The endpoints and errors that are worst so far.
class worst_rows {
public:
  void add_endpoint(const table_row& row);
  void add_error(const table_row& row);

  const std::vector<endpoint_figures>& endpoints() const {
    return endpoints_;
  }

  const std::vector<error_figures>& errors() const {
    return errors_;
  }

private:
  std::vector<endpoint_figures> endpoints_;
  std::vector<error_figures> errors_;
};

} // namespace locust
