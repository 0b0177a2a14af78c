#include "actors/report_keeper/report_plan.hpp"

#include <utility>

namespace locust {

bool report_plan::keep(const keep_report& what, monotonic_time now) {
  auto [at, is_new] =
      entries_.try_emplace(what.test_uid, entry{report_collection(what, now)});
  if (is_new)
    waiting_.put(what.test_uid, at->second.report.due());
  return is_new;
}

void report_plan::master_ended(const std::string& test_uid,
                               monotonic_time now) {
  auto found = entries_.find(test_uid);
  if (found == entries_.end())
    return;
  auto& x = found->second;
  x.report.master_ended(now);
  if (!x.report.is_pending())
    go_on(test_uid, x);
}

std::vector<report_plan::step> report_plan::due(monotonic_time now) {
  std::vector<step> out;
  while (auto uid = placed_.take(now))
    advance(*uid, now, out);
  while (places_taken_ < most_at_once) {
    auto uid = waiting_.take(now);
    if (!uid)
      break;
    entries_.at(*uid).has_place = true;
    ++places_taken_;
    advance(*uid, now, out);
  }
  return out;
}

/// Takes the next step of a report that has a place.
void report_plan::advance(const std::string& test_uid, monotonic_time now,
                          std::vector<step>& out) {
  auto& x = entries_.at(test_uid);
  if (auto request = x.report.next(now))
    out.push_back({test_uid, std::move(*request)});
  else
    go_on(test_uid, x);
}

void report_plan::answered(const std::string& test_uid,
                           const api_response& answer, monotonic_time now) {
  auto& x = entries_.at(test_uid);
  x.report.answered(answer, now);
  go_on(test_uid, x);
}

/// Plans the next step of a report without a pending request. One without data
/// gives its place to another, so that masters that do not answer keep no
/// others waiting.
void report_plan::go_on(const std::string& test_uid, entry& x) {
  bool over = x.report.result().has_value();
  bool keeps_place = x.has_place && x.report.holds_data() && !over;
  if (x.has_place && !keeps_place)
    --places_taken_;
  x.has_place = keeps_place;
  if (!over) {
    (keeps_place ? placed_ : waiting_).put(test_uid, x.report.due());
    return;
  }
  outcomes_.push_back({test_uid, *x.report.result()});
  placed_.erase(test_uid);
  waiting_.erase(test_uid);
  entries_.erase(test_uid);
}

std::vector<report_plan::outcome> report_plan::take_outcomes() {
  return std::exchange(outcomes_, {});
}

std::optional<monotonic_time> report_plan::wakes_at() const {
  auto next = placed_.next();
  auto other = places_taken_ < most_at_once ? waiting_.next() : std::nullopt;
  if (!next || (other && *other < *next))
    return other;
  return next;
}

} // namespace locust
