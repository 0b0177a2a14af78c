#include "actors/supervisor/run_result.hpp"

#include "actors/supervisor/failure_text.hpp"
#include "protocol/json.hpp"
#include "protocol/json/measures.hpp"

#include <chrono>

namespace locust {

namespace {

/// Where the totals come from, best first.
enum class source : uint8_t {
  stopped_master, ///< the master, after it had stopped
  final_table,    ///< what Locust printed when it ended
  last_sample,    ///< the master, while it made load
  none,
};

struct totals_found {
  source from = source::none;
  const run_figures* totals = nullptr;
};

totals_found find_totals(const run_record& what) {
  const auto* sampled = what.load.totals();
  if (sampled != nullptr && what.load.is_final() && sampled->requests)
    return {source::stopped_master, sampled};
  if (what.master != nullptr && what.master->final_table)
    return {source::final_table, &*what.master->final_table};
  if (sampled != nullptr)
    return {source::last_sample, sampled};
  return {};
}

std::string_view name_of(source from) {
  switch (from) {
  case source::stopped_master:
    return "Final";
  case source::final_table:
    return "FinalTable";
  case source::last_sample:
    return "LastSample";
  case source::none:
    break;
  }
  return "None";
}

/// What a run came to (docs/behaviour/lifecycle.md#result).
enum class run_outcome : uint8_t {
  passed,          ///< Locust ended with exit code 0
  requests_failed, ///< Locust ended by itself, and requests have failed
  errored,         ///< it did not begin, or something else went wrong
  aborted,         ///< somebody or something ended it before its time
  unknown,         ///< nobody saw how it ended
};

std::string_view name_of(run_outcome outcome) {
  switch (outcome) {
  case run_outcome::passed:
    return "Passed";
  case run_outcome::requests_failed:
    return "RequestsFailed";
  case run_outcome::errored:
    return "Errored";
  case run_outcome::aborted:
    return "Aborted";
  case run_outcome::unknown:
    break;
  }
  return "Unknown";
}

bool has_failures(const run_figures* totals) {
  return totals != nullptr &&
         (totals->failures.value_or(0) > 0 || !totals->errors.empty());
}

run_outcome outcome_of(const run_record& what, const run_figures* totals) {
  switch (what.end.cause) {
  case end_cause::master_completed:
    return run_outcome::passed;
  case end_cause::outcome_unknown:
    return run_outcome::unknown;
  case end_cause::master_failed:
    if (!what.end.cut_short && has_failures(totals))
      return run_outcome::requests_failed;
    break;
  case end_cause::worker_failed:
  case end_cause::pods_failing:
  case end_cause::startup_timeout:
  case end_cause::spec_unusable:
    break;
  }
  return what.end.cut_short ? run_outcome::aborted : run_outcome::errored;
}

class result_writer {
public:
  std::string write(const run_record& what) {
    auto found = find_totals(what);
    auto outcome = outcome_of(what, found.totals);
    out_.StartObject();
    json::put(out_, "outcome", name_of(outcome));
    write_exit(what, outcome);
    json::put(out_, "figures", name_of(found.from));
    write_origin(what, found.from);
    if (found.totals != nullptr)
      write_totals(*found.totals);
    write_peak(what.load.peak());
    write_times(what);
    if (found.totals != nullptr)
      write_rows(*found.totals);
    out_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  void write_exit(const run_record& what, run_outcome outcome) {
    if (!what.end.exit_code)
      return;
    json::put_number(out_, "exitCode", *what.end.exit_code);
    const auto* pod = what.master;
    bool same =
        pod != nullptr && pod->end && pod->end->exit_code == what.end.exit_code;
    container_end end{*what.end.exit_code, {}, {}};
    auto meaning = outcome == run_outcome::requests_failed
                       ? "requests failed"
                       : meaning_of_exit(same ? *pod->end : end);
    json::put_unless_empty(out_, "exitMeaning", meaning);
  }

  void write_origin(const run_record& what, source from) {
    if (from == source::none) {
      if (!what.why_not_asked.empty())
        json::put(out_, "message",
                  "the Locust master could not be asked: " +
                      std::string(what.why_not_asked));
      return;
    }
    if (from == source::final_table)
      return;
    json::put(out_, "sampledAt", to_rfc3339(what.load.sampled_at()));
    if (from == source::last_sample)
      json::put_number(out_, "sampleAgeSeconds",
                       seconds_between(what.load.sampled_at(), what.ended_at));
  }

  void write_totals(const run_figures& totals) {
    json::put_count(out_, "requests", totals.requests);
    json::put_count(out_, "failures", totals.failures);
    if (totals.requests.value_or(0) > 0 && totals.failures)
      json::put_fail_ratio(out_, static_cast<double>(*totals.failures) /
                                     static_cast<double>(*totals.requests));
    if (totals.average_rate)
      json::put_plain(out_, "averageRequestsPerSecond",
                      std::round(*totals.average_rate * 100) / 100);
    json::put_measure(out_, "p50", totals.p50);
    json::put_measure(out_, "p95", totals.p95);
    json::put_measure(out_, "p99", totals.p99);
    json::put_measure(out_, "max", totals.longest);
  }

  void write_peak(const load_peak& peak) {
    json::put_measure(out_, "peakRequestsPerSecond", peak.rate);
    json::put_count(out_, "peakUsers", peak.users);
    json::put_count(out_, "workersAtPeak", peak.workers);
  }

  void write_times(const run_record& what) {
    if (!what.run.load_since)
      return;
    auto until = what.run.load_until.value_or(what.ended_at);
    json::put(out_, "loadStartTime", to_rfc3339(*what.run.load_since));
    json::put(out_, "loadEndTime", to_rfc3339(until));
    json::put_number(out_, "loadDurationSeconds",
                     seconds_between(*what.run.load_since, until));
  }

  void write_rows(const run_figures& totals) {
    if (!totals.worst.empty())
      json::put_list(out_, "worstEndpoints", [&] {
        for (const auto& row : totals.worst)
          json::put_item(out_, [&] { write_endpoint(row); });
      });
    if (!totals.errors.empty())
      json::put_list(out_, "topErrors", [&] {
        for (const auto& row : totals.errors)
          json::put_item(out_, [&] { write_error(row); });
      });
  }

  void write_endpoint(const endpoint_figures& row) {
    json::put_unless_empty(out_, "method", row.method);
    json::put(out_, "name", row.name);
    json::put_number(out_, "requests", row.requests);
    json::put_number(out_, "failures", row.failures);
    json::put_measure(out_, "p95", row.p95);
    json::put_measure(out_, "max", row.longest);
  }

  void write_error(const error_figures& row) {
    json::put_unless_empty(out_, "method", row.method);
    json::put_unless_empty(out_, "name", row.name);
    json::put(out_, "error", row.error);
    json::put_number(out_, "occurrences", row.occurrences);
  }

  static int64_t seconds_between(timestamp from, timestamp to) {
    return std::chrono::round<std::chrono::seconds>(std::max(to, from) - from)
        .count();
  }

  json::string_buffer buffer_;
  json::writer out_{buffer_};
};

} // namespace

std::string result_text(const run_record& what) {
  return result_writer().write(what);
}

} // namespace locust
