#include "actors/supervisor/load_ledger.hpp"

#include "protocol/json.hpp"
#include "protocol/json/measures.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

/// Workers report their users every 3 s (WORKER_REPORT_INTERVAL), so the master
/// may count users twice for so long.
constexpr std::chrono::milliseconds longest_miscount{3500};

/// Whether the counters of Locust have begun anew between the two.
bool counts_anew(const run_figures& before, const run_figures& now) {
  return now.requests && before.requests && *now.requests < *before.requests;
}

std::optional<double> number_at(const json::value& from, const char* name) {
  const auto* found = json::find(from, {name});
  return found != nullptr && found->IsNumber()
             ? std::optional(found->GetDouble())
             : std::nullopt;
}

load_peak peak_in(const json::value& load) {
  load_peak found;
  const auto* peak = json::find(load, {"peak"});
  if (peak == nullptr || !peak->IsObject())
    return found;
  found.users = json::int_at(*peak, {"users"});
  found.rate = number_at(*peak, "requestsPerSecond");
  if (auto workers = json::int_at(*peak, {"workers"}))
    found.workers = static_cast<int32_t>(*workers);
  return found;
}

void raise(load_peak& to, const load_peak& by) {
  if (by.users > to.users) {
    to.users = by.users;
    to.workers = by.workers;
  }
  to.rate = std::max(to.rate, by.rate);
}

} // namespace

std::optional<int64_t>
load_ledger::lasting_users(const load_sample& sample,
                           std::optional<int64_t> target) {
  auto users = sample.measured->now.users;
  if (!users || !target || *users <= *target) {
    exceeded_since_.reset();
    return users;
  }
  if (!exceeded_since_)
    exceeded_since_ = sample.at;
  return sample.at - *exceeded_since_ < longest_miscount ? target : users;
}

void load_ledger::add(const load_sample& sample,
                      std::optional<int64_t> target) {
  bool stopped = sample.state == master_state::stopped;
  if (!sample.measured || (!stopped && sample.state != master_state::load))
    return;
  const auto& totals = sample.measured->totals;
  // A run that begins after another one, or after a reset.
  if ((stopped_since_ && !stopped) ||
      (totals_ && counts_anew(*totals_, totals)))
    peak_ = {};
  if (!stopped)
    raise(peak_, {lasting_users(sample, target),
                  sample.measured->now.requests_per_second, sample.workers});
  totals_ = {sample.measured, &totals};
  sampled_at_ = sample.at;
  if (!stopped)
    stopped_since_.reset();
  else if (!stopped_since_)
    stopped_since_ = sample.at;
}

void load_ledger::continue_from(std::string_view load) {
  auto doc = json::parse(load);
  auto at =
      doc ? parse_rfc3339(json::text_at(*doc, {"sampledAt"})) : std::nullopt;
  if (!at)
    return;
  raise(peak_, peak_in(*doc));
  if (totals_ && sampled_at_ >= *at)
    return;
  // Its response times are those of the last 10 s.
  run_figures totals;
  totals.requests = json::int_at(*doc, {"requests"});
  totals.failures = json::int_at(*doc, {"failures"});
  totals_ = std::make_shared<const run_figures>(std::move(totals));
  sampled_at_ = *at;
  // Stored times have whole seconds.
  stopped_since_ = json::text_at(*doc, {"state"}) == "stopped"
                       ? std::optional(*at + std::chrono::seconds(1))
                       : std::nullopt;
}

void load_ledger::clear() {
  *this = {};
}

std::string load_text(std::string_view figures, const load_peak& peak,
                      timestamp sampled_at) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  if (peak != load_peak{})
    json::put_object(out, "peak", [&] {
      json::put_count(out, "users", peak.users);
      json::put_measure(out, "requestsPerSecond", peak.rate);
      json::put_count(out, "workers", peak.workers);
    });
  json::put(out, "sampledAt", to_rfc3339(sampled_at));
  out.EndObject();
  std::string text(figures.substr(0, figures.rfind('}')));
  if (text.size() > 1)
    text += ',';
  return text.append(buffer.GetString() + 1, buffer.GetSize() - 1);
}

} // namespace locust
