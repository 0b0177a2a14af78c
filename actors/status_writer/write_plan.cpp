#include "actors/status_writer/write_plan.hpp"

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
  while (in_flight_ < most_in_flight) {
    auto uid = urgent_.take(now);
    if (!uid)
      break;
    start(*uid, result);
  }
  while (in_flight_ < most_in_flight && calm_in_flight_ < most_calm_in_flight) {
    auto uid = calm_.take(now);
    if (!uid)
      break;
    start(*uid, result);
  }
  return result;
}

void write_plan::start(const std::string& uid, std::vector<write_step>& out) {
  auto& e = entries_.at(uid);
  e.calm = !e.flow.urgent();
  ++in_flight_;
  calm_in_flight_ += e.calm ? 1 : 0;
  out.push_back({uid, e.flow.take()});
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
  if (in_flight_ >= most_in_flight)
    return std::nullopt;
  auto first = urgent_.next();
  if (calm_in_flight_ >= most_calm_in_flight)
    return first;
  if (auto due = calm_.next(); due && (!first || *due < *first))
    first = due;
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
  auto due = e.forgotten ? std::nullopt : e.flow.due();
  if (due)
    (e.flow.urgent() ? urgent_ : calm_).put(uid, *due);
}

void write_plan::dequeue(const std::string& uid) {
  urgent_.erase(uid);
  calm_.erase(uid);
}

} // namespace locust
