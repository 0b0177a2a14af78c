#include "actors/load_sampler/schedule.hpp"

namespace locust {

void sample_schedule::follow(const std::string& test_uid,
                             const std::string& base_url,
                             int32_t expected_workers, monotonic_time now) {
  auto& e = entries_[test_uid];
  e.expected_workers = expected_workers;
  if (e.base_url == base_url && e.ticket != 0)
    return;
  e.ticket = ++last_ticket_;
  e.base_url = base_url;
  e.failures = 0;
  queue_.put(test_uid, now);
}

void sample_schedule::unfollow(const std::string& test_uid) {
  queue_.erase(test_uid);
  entries_.erase(test_uid);
}

std::vector<sample_due> sample_schedule::due(monotonic_time now) {
  std::vector<sample_due> result;
  while (in_flight_ < most_in_flight) {
    auto test_uid = queue_.take(now);
    if (!test_uid)
      break;
    const auto& e = entries_.at(*test_uid);
    ++in_flight_;
    result.push_back({std::move(*test_uid), e.ticket, e.base_url});
  }
  return result;
}

bool sample_schedule::answered(const std::string& test_uid, uint64_t ticket,
                               std::optional<int32_t> workers,
                               monotonic_time now) {
  if (in_flight_ > 0)
    --in_flight_;
  auto i = entries_.find(test_uid);
  if (i == entries_.end() || i->second.ticket != ticket ||
      queue_.contains(test_uid))
    return false;
  auto& e = i->second;
  if (workers) {
    e.failures = 0;
    queue_.put(test_uid, now + (*workers < e.expected_workers ? fast : slow));
  } else {
    queue_.put(test_uid, now + unanswered.delay(++e.failures));
  }
  return true;
}

std::optional<monotonic_time> sample_schedule::wakes_at() const {
  return in_flight_ < most_in_flight ? queue_.next() : std::nullopt;
}

} // namespace locust
