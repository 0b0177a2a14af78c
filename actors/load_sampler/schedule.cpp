#include "actors/load_sampler/schedule.hpp"

namespace locust {

void sample_schedule::follow(const std::string& test_uid,
                             const std::string& base_url,
                             int32_t expected_workers, monotonic_time now) {
  auto& e = entries_[test_uid];
  e.expected_workers = expected_workers;
  if (e.base_url == base_url && e.ticket != 0)
    return;
  dequeue(test_uid, e);
  e.ticket = ++last_ticket_;
  e.base_url = base_url;
  e.failures = 0;
  enqueue(test_uid, e, now);
}

void sample_schedule::unfollow(const std::string& test_uid) {
  auto i = entries_.find(test_uid);
  if (i == entries_.end())
    return;
  dequeue(test_uid, i->second);
  entries_.erase(i);
}

std::vector<sample_due> sample_schedule::due(monotonic_time now) {
  std::vector<sample_due> result;
  while (in_flight_ < most_in_flight && !due_.empty() &&
         due_.begin()->first <= now) {
    auto test_uid = due_.begin()->second;
    auto& e = entries_.at(test_uid);
    dequeue(test_uid, e);
    ++in_flight_;
    result.push_back({std::move(test_uid), e.ticket, e.base_url});
  }
  return result;
}

bool sample_schedule::answered(const std::string& test_uid, uint64_t ticket,
                               std::optional<int32_t> workers,
                               monotonic_time now) {
  if (in_flight_ > 0)
    --in_flight_;
  auto i = entries_.find(test_uid);
  if (i == entries_.end() || i->second.ticket != ticket || i->second.due)
    return false;
  auto& e = i->second;
  if (workers) {
    e.failures = 0;
    enqueue(test_uid, e, now + (*workers < e.expected_workers ? fast : slow));
  } else {
    enqueue(test_uid, e, now + unanswered.delay(++e.failures));
  }
  return true;
}

std::optional<monotonic_time> sample_schedule::wakes_at() const {
  if (in_flight_ >= most_in_flight || due_.empty())
    return std::nullopt;
  return due_.begin()->first;
}

void sample_schedule::enqueue(const std::string& test_uid, entry& e,
                              monotonic_time due) {
  e.due = due;
  due_.emplace(due, test_uid);
}

void sample_schedule::dequeue(const std::string& test_uid, entry& e) {
  if (e.due)
    due_.erase({*e.due, test_uid});
  e.due.reset();
}

} // namespace locust
