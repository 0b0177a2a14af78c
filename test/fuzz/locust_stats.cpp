#include "actors/load_sampler/figures.hpp"
#include "actors/load_sampler/stats_reader.hpp"
#include "protocol/json.hpp"
#include "test/fuzz/fuzz.hpp"

#include <limits>

// Reads workers and figures from the answer of a Locust master, or of whatever
// uses its address now.

using namespace locust;

namespace {

size_t count_members(const json::value& object, std::string_view name) {
  size_t count = 0;
  for (const auto& member : object.GetObject())
    count += member.name.GetString() == name ? 1 : 0;
  return count;
}

/// Returns `worker_count` if it is usable.
std::optional<int32_t> counted(const json::value& stats) {
  auto count = json::int_at(stats, {"worker_count"});
  if (!count || *count < 0 || *count > std::numeric_limits<int32_t>::max())
    return std::nullopt;
  return static_cast<int32_t>(*count);
}

/// Counts the workers in the list that are not missing.
std::optional<int32_t> listed(const json::value& stats) {
  const auto* workers = json::find(stats, {"workers"});
  if (workers == nullptr || !workers->IsArray())
    return std::nullopt;
  int32_t count = 0;
  for (const auto& worker : workers->GetArray())
    if (worker.IsObject() && json::string_at(worker, {"state"}) != "missing")
      ++count;
  return count;
}

/// Whether members occur twice; then either one may count.
bool is_ambiguous(const json::value& stats) {
  if (count_members(stats, "worker_count") > 1 ||
      count_members(stats, "workers") > 1)
    return true;
  const auto* workers = json::find(stats, {"workers"});
  if (workers != nullptr && workers->IsArray())
    for (const auto& worker : workers->GetArray())
      if (worker.IsObject() && count_members(worker, "state") > 1)
        return true;
  return false;
}

void check_figures(const master_stats& stats) {
  const auto& f = stats.figures;
  for (const auto& figure : {f.requests_per_second, f.failures_per_second,
                             f.fail_ratio, f.p50, f.p95, f.p99, f.busiest_cpu})
    fuzz::check(!figure || (*figure >= 0 && *figure <= 1e12),
                "a figure is possible");
  for (const auto& count : {f.users, f.requests, f.failures})
    fuzz::check(count.value_or(0) >= 0, "a count is not negative");
  fuzz::check(f.fail_ratio.value_or(0) <= 1, "not more than all fail");
  auto shown = json::parse(figures_text(stats, 5));
  fuzz::check(shown && shown->IsObject(), "the figures are a JSON object");
}

} // namespace

void fuzz::try_input(std::string_view text) {
  auto found = read_stats(text);
  if (found) {
    fuzz::check(found->workers >= 0, "the number is not negative");
    fuzz::check(found->pods.value_or(0) >= 0, "nor is that of the pods");
    check_figures(*found);
  }
  auto stats = json::parse(text);
  if (!stats)
    return;
  if (!stats->IsObject()) {
    fuzz::check(!found, "only an object has workers");
  } else if (!is_ambiguous(*stats)) {
    auto wanted = counted(*stats) ? counted(*stats) : listed(*stats);
    fuzz::check(found.has_value() == wanted.has_value() &&
                    (!found || found->workers == *wanted),
                "the stream reader agrees with the document");
    if (found && found->pods && listed(*stats))
      fuzz::check(*found->pods <= *listed(*stats),
                  "no pod is without a worker");
  }
}
