#include "actors/load_sampler/schedule.hpp"

#include <algorithm>

namespace locust {

namespace {

bool is_due(const delay_queue<std::string>& queue, monotonic_time now) {
  return !queue.empty() && *queue.next() <= now;
}

} // namespace

void sample_schedule::follow(const std::string& test_uid,
                             const followed_master& master,
                             monotonic_time now) {
  auto& e = entries_[test_uid];
  bool same = e.ticket != 0 && e.master.web_url == master.web_url &&
              e.master.worker_url == master.worker_url;
  bool begins_to_hurry = master.hurries && !e.master.hurries;
  e.master = master;
  if (same) {
    if (begins_to_hurry && queue_of(e).contains(test_uid))
      enqueue(test_uid, now);
    return;
  }
  dequeue(test_uid);
  e.ticket = ++last_ticket_;
  e.failures = 0;
  e.what = kind::fresh;
  enqueue(test_uid, now);
}

void sample_schedule::unfollow(const std::string& test_uid) {
  dequeue(test_uid);
  entries_.erase(test_uid);
}

std::vector<sample_due> sample_schedule::due(monotonic_time now) {
  std::vector<sample_due> result;
  while (budget_.next() <= now) {
    auto* from = next_queue(now);
    if (from == nullptr)
      break;
    auto test_uid = *from->take(now);
    const auto& e = entries_.at(test_uid);
    bool unproven = e.what != kind::proven;
    in_flight_[e.ticket] = unproven;
    unproven_in_flight_ += unproven ? 1 : 0;
    budget_.spend(now);
    result.push_back({std::move(test_uid), e.ticket, e.master});
  }
  return result;
}

/// Returns the queue of the master that has been due for longest, of those that
/// may be sampled now; null for none.
sample_schedule::queue* sample_schedule::next_queue(monotonic_time now) {
  if (in_flight_.size() >= most_in_flight)
    return nullptr;
  queue* unproven = nullptr;
  if (may_ask_unproven())
    unproven = is_due(fresh_, now)    ? &fresh_
               : is_due(silent_, now) ? &silent_
                                      : nullptr;
  if (!is_due(proven_, now))
    return unproven;
  return unproven != nullptr && *unproven->next() < *proven_.next() ? unproven
                                                                    : &proven_;
}

bool sample_schedule::may_ask_unproven() const {
  return unproven_in_flight_ < most_unproven;
}

bool sample_schedule::answered(const std::string& test_uid, uint64_t ticket,
                               const std::optional<master_stats>& stats,
                               monotonic_time now) {
  auto asked = in_flight_.find(ticket);
  if (asked == in_flight_.end())
    return false;
  unproven_in_flight_ -= asked->second ? 1 : 0;
  in_flight_.erase(asked);
  auto i = entries_.find(test_uid);
  if (i == entries_.end() || i->second.ticket != ticket)
    return false;
  auto& e = i->second;
  e.what = stats ? kind::proven : kind::silent;
  enqueue(test_uid, now + pause_after(e, stats));
  return true;
}

/// The interval that keeps to the rate.
std::chrono::nanoseconds sample_schedule::interval() const {
  std::chrono::nanoseconds share = std::chrono::seconds(1);
  share = share * entries_.size() / most_per_second;
  return std::max<std::chrono::nanoseconds>(fast, share);
}

/// Until the next sample after this answer.
std::chrono::nanoseconds
sample_schedule::pause_after(entry& e,
                             const std::optional<master_stats>& stats) const {
  if (!stats) {
    ++e.failures;
    if (e.failures <= patient)
      return fast;
    return std::max<std::chrono::nanoseconds>(
        interval(), unanswered.delay(e.failures - patient));
  }
  e.failures = 0;
  auto pods = stats->pods.value_or(stats->workers);
  bool complete = std::min(pods, stats->workers) >= e.master.expected_workers;
  bool waits = stats->state == master_state::ready ||
               stats->state == master_state::stopped;
  return complete && waits && !e.master.hurries
             ? std::max<std::chrono::nanoseconds>(interval(), idle)
             : interval();
}

std::optional<monotonic_time> sample_schedule::wakes_at() const {
  if (in_flight_.size() >= most_in_flight)
    return std::nullopt;
  auto first = proven_.next();
  if (may_ask_unproven())
    for (const auto* each : {&fresh_, &silent_})
      if (auto due = each->next(); due && (!first || *due < *first))
        first = due;
  if (!first)
    return std::nullopt;
  return std::max(*first, budget_.next());
}

// -- queues -------------------------------------------------------------------

sample_schedule::queue& sample_schedule::queue_of(const entry& e) {
  switch (e.what) {
  case kind::fresh:
    return fresh_;
  case kind::silent:
    return silent_;
  case kind::proven:
    break;
  }
  return proven_;
}

void sample_schedule::enqueue(const std::string& test_uid, monotonic_time due) {
  queue_of(entries_.at(test_uid)).put(test_uid, due);
}

void sample_schedule::dequeue(const std::string& test_uid) {
  if (auto i = entries_.find(test_uid); i != entries_.end())
    queue_of(i->second).erase(test_uid);
}

} // namespace locust
