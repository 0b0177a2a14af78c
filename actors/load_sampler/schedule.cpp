#include "actors/load_sampler/schedule.hpp"

#include <algorithm>

namespace locust {

void sample_schedule::follow(const std::string& test_uid,
                             const followed_master& master,
                             monotonic_time now) {
  auto& e = entries_[test_uid];
  bool same = e.ticket != 0 && e.master.web_url == master.web_url &&
              e.master.worker_url == master.worker_url;
  bool begins_to_hurry = master.hurries && !e.master.hurries;
  e.master = master;
  if (same) {
    if (begins_to_hurry && queue_.contains(test_uid))
      queue_.put(test_uid, now);
    return;
  }
  e.ticket = ++last_ticket_;
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
    result.push_back({std::move(*test_uid), e.ticket, e.master});
  }
  return result;
}

bool sample_schedule::answered(const std::string& test_uid, uint64_t ticket,
                               const std::optional<master_stats>& stats,
                               monotonic_time now) {
  if (in_flight_ > 0)
    --in_flight_;
  auto i = entries_.find(test_uid);
  if (i == entries_.end() || i->second.ticket != ticket ||
      queue_.contains(test_uid))
    return false;
  queue_.put(test_uid, now + i->second.pause_after(stats));
  return true;
}

std::chrono::nanoseconds
sample_schedule::entry::pause_after(const std::optional<master_stats>& stats) {
  if (!stats) {
    ++failures;
    return failures <= patient ? fast : unanswered.delay(failures - patient);
  }
  failures = 0;
  auto pods = stats->pods.value_or(stats->workers);
  if (master.hurries ||
      std::min(pods, stats->workers) < master.expected_workers)
    return fast;
  bool waits = stats->state == master_state::ready ||
               stats->state == master_state::stopped;
  return waits ? idle : slow;
}

std::optional<monotonic_time> sample_schedule::wakes_at() const {
  return in_flight_ < most_in_flight ? queue_.next() : std::nullopt;
}

} // namespace locust
