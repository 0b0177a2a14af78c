#include "actors/status_writer/write_plan.hpp"

#include <algorithm>

namespace locust {

void write_plan::save(status_document document, monotonic_time now) {
  auto uid = document.test_uid;
  auto& e = entries_[uid];
  dequeue(uid);
  e.forgotten = false;
  e.flow.save(std::move(document), now);
  if (flushing_)
    e.flow.flush(now);
  enqueue(uid, e);
}

void write_plan::show(status_figures figures, monotonic_time now) {
  if (!budget_.is_open() || flushing_)
    return;
  auto uid = figures.test_uid;
  auto& e = entries_[uid];
  dequeue(uid);
  e.forgotten = false;
  e.flow.show(std::move(figures), now);
  enqueue(uid, e);
}

void write_plan::forget(const std::string& test_uid) {
  auto i = entries_.find(test_uid);
  if (i == entries_.end())
    return;
  dequeue(test_uid);
  if (i->second.flow.in_flight())
    i->second.forgotten = true;
  else
    entries_.erase(i);
}

void write_plan::flush(monotonic_time now) {
  flushing_ = true;
  for (auto& [uid, e] : entries_) {
    dequeue(uid);
    e.flow.flush(now);
    enqueue(uid, e);
  }
}

std::vector<write_step> write_plan::due(monotonic_time now) {
  std::vector<write_step> result;
  while (has_room()) {
    auto uid = urgent_.take(now);
    if (!uid)
      break;
    start(*uid, result);
  }
  while (has_calm_room()) {
    auto uid = calm_.take(now);
    if (!uid)
      break;
    start(*uid, result);
  }
  while (has_calm_room()) {
    auto uid = next_figures(now);
    if (!uid)
      break;
    start_figures(*uid, result);
  }
  return result;
}

bool write_plan::has_room() const {
  return in_flight_ < most_in_flight;
}

bool write_plan::has_calm_room() const {
  return has_room() && calm_in_flight_ < most_calm_in_flight;
}

/// Takes the LocustTest whose figures are next.
std::optional<std::string> write_plan::next_figures(monotonic_time now) {
  if (auto first = first_figures_.take(now))
    return first;
  if (now < budget_.next())
    return std::nullopt;
  auto next = figures_.take(now);
  if (next)
    budget_.spend(now);
  return next;
}

void write_plan::start(const std::string& uid, std::vector<write_step>& out) {
  auto& e = entries_.at(uid);
  e.calm = !e.flow.urgent();
  ++in_flight_;
  calm_in_flight_ += e.calm ? 1 : 0;
  out.push_back({uid, e.flow.take()});
}

void write_plan::start_figures(const std::string& uid,
                               std::vector<write_step>& out) {
  auto& e = entries_.at(uid);
  auto step = e.flow.take_figures();
  if (step.wants_document)
    out.push_back({uid, {}, true});
  if (!step.request)
    return;
  e.calm = true;
  ++in_flight_;
  ++calm_in_flight_;
  out.push_back({uid, std::move(*step.request)});
}

write_outcome write_plan::answered(const std::string& test_uid,
                                   const api_response& response,
                                   monotonic_time now) {
  auto i = entries_.find(test_uid);
  if (i == entries_.end() || !i->second.flow.in_flight())
    return {};
  auto& e = i->second;
  --in_flight_;
  calm_in_flight_ -= e.calm ? 1 : 0;
  if (e.forgotten) {
    entries_.erase(i);
    return {};
  }
  auto outcome = e.flow.answered(response, now);
  if (outcome.vanished)
    entries_.erase(i);
  else
    enqueue(test_uid, e);
  return outcome;
}

std::optional<monotonic_time> write_plan::wakes_at() const {
  // Without room, the next answer makes some.
  if (!has_room())
    return std::nullopt;
  auto first = urgent_.next();
  if (!has_calm_room())
    return first;
  auto sooner = [&first](std::optional<monotonic_time> due) {
    if (due && (!first || *due < *first))
      first = due;
  };
  sooner(calm_.next());
  sooner(first_figures_.next());
  if (auto due = figures_.next())
    sooner(std::max(*due, budget_.next()));
  return first;
}

bool write_plan::idle() const {
  return in_flight_ == 0 && urgent_.empty() && calm_.empty();
}

size_t write_plan::pending() const {
  return urgent_.size() + calm_.size() + in_flight_;
}

size_t write_plan::in_flight() const {
  return in_flight_;
}

void write_plan::enqueue(const std::string& uid, const entry& e) {
  if (e.forgotten)
    return;
  if (auto due = e.flow.due())
    (e.flow.urgent() ? urgent_ : calm_).put(uid, *due);
  else if (auto figures = e.flow.figures_due(); figures && !flushing_)
    (e.flow.are_first() ? first_figures_ : figures_).put(uid, *figures);
}

void write_plan::dequeue(const std::string& uid) {
  urgent_.erase(uid);
  calm_.erase(uid);
  first_figures_.erase(uid);
  figures_.erase(uid);
}

} // namespace locust
