#include "protocol/worst_rows.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace locust {

namespace {

/// Absent figures come last.
auto badness(const endpoint_figures& x) {
  return std::tuple(x.failures, x.p95, x.longest);
}

auto badness(const error_figures& x) {
  return x.occurrences;
}

/// Inserts `x`, whose texts `fill` adds, if it is one of the worst. Of equals
/// the earlier one comes first.
template <class Row, class Fill>
void keep(std::vector<Row>& worst, size_t most, Row x, const Fill& fill) {
  auto at = std::upper_bound(
      worst.begin(), worst.end(), x,
      [](const Row& a, const Row& b) { return badness(a) > badness(b); });
  if (at == worst.end() && worst.size() == most)
    return;
  fill(x);
  worst.insert(at, std::move(x));
  if (worst.size() > most)
    worst.pop_back();
}

std::string short_name(const std::string& text) {
  return json::clean_line(text, longest_endpoint_name);
}

} // namespace

void table_row::begin() {
  method.clear();
  name.clear();
  error.clear();
  requests = failures = occurrences = std::nullopt;
  average_rate = p50 = p95 = p99 = longest = std::nullopt;
  has_begun = true;
}

void worst_rows::add_endpoint(const table_row& row) {
  endpoint_figures x;
  x.requests = row.requests.value_or(0);
  x.failures = row.failures.value_or(0);
  x.p95 = row.p95;
  x.longest = row.longest;
  keep(endpoints_, most_endpoints, std::move(x), [&](endpoint_figures& kept) {
    kept.method = short_name(row.method);
    kept.name = short_name(row.name);
  });
}

void worst_rows::add_error(const table_row& row) {
  error_figures x;
  x.occurrences = row.occurrences.value_or(0);
  keep(errors_, most_errors, std::move(x), [&](error_figures& kept) {
    kept.method = short_name(row.method);
    kept.name = short_name(row.name);
    kept.error = json::clean_line(row.error, longest_error_text);
  });
}

} // namespace locust
