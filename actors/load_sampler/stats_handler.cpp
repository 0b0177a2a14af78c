#include "actors/load_sampler/stats_handler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace locust {

namespace {

/// `state` of a master in Locust's words. Users still exist while it is
/// stopping.
constexpr std::array<std::pair<std::string_view, master_state>, 6> states = {{
    {"ready", master_state::ready},
    {"spawning", master_state::load},
    {"running", master_state::load},
    {"cleanup", master_state::load},
    {"stopping", master_state::load},
    {"stopped", master_state::stopped},
}};

/// No test has figures beyond this, which a double can tell apart from its
/// neighbours.
constexpr double largest = 1e12;

bool is_possible(double value) {
  return std::isfinite(value) && value >= 0 && value <= largest;
}

constexpr std::string_view percentile_prefix = "response_time_percentile_";

} // namespace

std::optional<master_stats> stats_handler::result() const {
  auto workers = count_ ? count_ : listed_;
  if (!workers)
    return std::nullopt;
  master_stats stats{*workers, {}, state_, figures_, {}};
  if (listed_ && !nameless_)
    stats.pods = static_cast<int32_t>(hosts_.size());
  auto& figures = stats.figures;
  if (listed_) {
    figures.missing = missing_;
    figures.busiest_cpu = busiest_cpu_;
    figures.overloaded = overloaded_;
  }
  if (figures.fail_ratio)
    figures.fail_ratio = std::min(*figures.fail_ratio, 1.0);
  // Locust goes on to say the last rates.
  if (state_ == master_state::ready || state_ == master_state::stopped)
    figures.requests_per_second = figures.failures_per_second = 0;
  add_totals(stats);
  return stats;
}

void stats_handler::add_totals(master_stats& stats) const {
  auto& totals = stats.totals;
  totals.worst = worst_.endpoints();
  totals.errors = worst_.errors();
  if (!row_.is_total())
    return;
  auto& figures = stats.figures;
  figures.requests = totals.requests = row_.requests;
  figures.failures = totals.failures = row_.failures;
  totals.average_rate = row_.average_rate;
  // Without a request, Locust says that all response times are 0.
  if (row_.requests.value_or(0) == 0)
    return;
  totals.p50 = row_.p50;
  totals.p95 = row_.p95;
  totals.p99 = row_.p99;
  totals.longest = row_.longest;
  figures.p50 = figures.p50 ? figures.p50 : row_.p50;
  figures.p95 = figures.p95 ? figures.p95 : row_.p95;
  figures.p99 = figures.p99 ? figures.p99 : row_.p99;
}

// -- members ------------------------------------------------------------------

stats_handler::member stats_handler::top_member(std::string_view key) {
  constexpr std::array<std::pair<std::string_view, member>, 6> members = {{
      {"worker_count", member::worker_count},
      {"state", member::state},
      {"user_count", member::users},
      {"current_rps", member::rps},
      {"current_fail_per_sec", member::failures_per_second},
      {"fail_ratio", member::fail_ratio},
  }};
  for (const auto& [name, found] : members)
    if (name == key)
      return found;
  return member::other;
}

stats_handler::member stats_handler::percentile(std::string_view key) {
  if (!key.starts_with(percentile_prefix))
    return member::other;
  key.remove_prefix(percentile_prefix.size());
  return key == "0.5"    ? member::now_p50
         : key == "0.95" ? member::now_p95
         : key == "0.99" ? member::now_p99
                         : member::other;
}

stats_handler::member stats_handler::worker_member(std::string_view key) {
  return key == "state"       ? member::worker_state
         : key == "id"        ? member::worker_id
         : key == "cpu_usage" ? member::worker_cpu
                              : member::other;
}

stats_handler::member stats_handler::row_member(std::string_view key) {
  switch (percentile(key)) {
  case member::now_p95:
    return member::row_p95;
  case member::now_p99:
    return member::row_p99;
  default:
    break;
  }
  return key == "method"                 ? member::row_method
         : key == "name"                 ? member::row_name
         : key == "num_requests"         ? member::row_requests
         : key == "num_failures"         ? member::row_failures
         : key == "total_rps"            ? member::row_average_rate
         : key == "median_response_time" ? member::row_p50
         : key == "max_response_time"    ? member::row_longest
         : key == "error"                ? member::row_error
         : key == "occurrences"          ? member::row_occurrences
                                         : member::other;
}

stats_handler::part stats_handler::part_of(std::string_view key) {
  return key == "workers"                             ? part::workers
         : key == "stats"                             ? part::rows
         : key == "errors"                            ? part::errors
         : key == "current_response_time_percentiles" ? part::percentiles
                                                      : part::other;
}

bool stats_handler::Key(const char* text, rapidjson::SizeType length, bool) {
  std::string_view key(text, length);
  at_ = member::other;
  if (depth_ == 1) {
    at_ = top_member(key);
    in_ = part_of(key);
  } else if (depth_ == 2 && in_ == part::percentiles) {
    at_ = percentile(key);
  } else if (depth_ == 3 && in_ == part::workers) {
    at_ = worker_member(key);
  } else if (depth_ == 3 && (in_ == part::rows || in_ == part::errors)) {
    at_ = row_member(key);
  }
  return true;
}

// -- values -------------------------------------------------------------------

bool stats_handler::String(const char* text, rapidjson::SizeType length, bool) {
  std::string_view word(text, length);
  if (at_ == member::state) {
    state_ = master_state::unknown;
    figures_.state = {};
    for (const auto& [name, state] : states)
      if (name == word) {
        state_ = state;
        figures_.state = name;
      }
  } else if (at_ == member::worker_state) {
    worker_.missing = word == "missing";
  } else if (at_ == member::worker_id) {
    worker_.host = word.substr(0, word.rfind('_'));
  } else if (auto* found = text_of_row(); found != nullptr) {
    found->assign(word);
  }
  return Default();
}

std::string* stats_handler::text_of_row() {
  auto& row = in_ == part::errors ? error_ : row_;
  switch (at_) {
  case member::row_method:
    return &row.method;
  case member::row_name:
    return &row.name;
  case member::row_error:
    return &row.error;
  default:
    return nullptr;
  }
}

bool stats_handler::integer(int64_t value) {
  if (at_ == member::worker_count && value >= 0 &&
      value <= std::numeric_limits<int32_t>::max())
    count_ = static_cast<int32_t>(value);
  if (auto* sum = total(); sum != nullptr)
    *sum = is_possible(static_cast<double>(value)) ? std::optional(value)
                                                   : std::nullopt;
  return number(static_cast<double>(value));
}

bool stats_handler::number(double value) {
  if (auto* found = figure(); found != nullptr)
    *found = is_possible(value) ? std::optional(value) : std::nullopt;
  return Default();
}

std::optional<int64_t>* stats_handler::total() {
  switch (at_) {
  case member::users:
    return &figures_.users;
  case member::row_requests:
    return &row_.requests;
  case member::row_failures:
    return &row_.failures;
  case member::row_occurrences:
    return &error_.occurrences;
  default:
    return nullptr;
  }
}

std::optional<double>* stats_handler::figure() {
  switch (at_) {
  case member::rps:
    return &figures_.requests_per_second;
  case member::failures_per_second:
    return &figures_.failures_per_second;
  case member::fail_ratio:
    return &figures_.fail_ratio;
  case member::now_p50:
    return &figures_.p50;
  case member::now_p95:
    return &figures_.p95;
  case member::now_p99:
    return &figures_.p99;
  case member::worker_cpu:
    return &worker_.cpu;
  case member::row_p50:
    return &row_.p50;
  case member::row_p95:
    return &row_.p95;
  case member::row_p99:
    return &row_.p99;
  case member::row_average_rate:
    return &row_.average_rate;
  case member::row_longest:
    return &row_.longest;
  default:
    return nullptr;
  }
}

// -- structure ----------------------------------------------------------------

bool stats_handler::StartObject() {
  if (++depth_ != 3)
    return Default();
  worker_ = {};
  if (in_ == part::errors)
    error_.begin();
  if (in_ == part::rows) {
    if (row_.has_begun)
      worst_.add_endpoint(row_); // it was not the last, the total
    row_.begin();
  }
  return Default();
}

bool stats_handler::EndObject(rapidjson::SizeType) {
  if (in_ == part::workers && depth_ == 3 && listed_)
    add(worker_);
  if (in_ == part::errors && depth_ == 3)
    worst_.add_error(error_);
  --depth_;
  return true;
}

void stats_handler::add(const worker& one) {
  if (one.missing) {
    ++missing_;
    return;
  }
  ++*listed_;
  nameless_ = nameless_ || one.host.empty();
  hosts_.insert(one.host);
  if (!one.cpu)
    return;
  busiest_cpu_ = std::max(busiest_cpu_.value_or(0), *one.cpu);
  overloaded_ += *one.cpu > cpu_warning_level ? 1 : 0;
}

bool stats_handler::StartArray() {
  ++depth_;
  if (in_ == part::workers && depth_ == 2) {
    listed_ = 0;
    missing_ = 0;
    overloaded_ = 0;
    busiest_cpu_.reset();
    hosts_.clear();
    nameless_ = false;
  }
  return Default();
}

bool stats_handler::EndArray(rapidjson::SizeType) {
  --depth_;
  return true;
}

} // namespace locust
