#include "actors/api_client/request_queue.hpp"

#include <algorithm>
#include <cassert>

namespace locust {

namespace {

constexpr size_t index_of(lane in) {
  return static_cast<size_t>(in);
}

/// The lanes to the API server, by priority.
constexpr std::array<lane, 5> by_priority = {
    lane::list, lane::status, lane::create, lane::event, lane::background};

/// Nobody waits for the answers.
constexpr bool is_low(lane in) {
  return in == lane::event || in == lane::background;
}

constexpr std::chrono::seconds patience_of(lane in) {
  return in == lane::event ? request_queue::events_wait
                           : request_queue::background_waits;
}

} // namespace

request_queue::request_queue(const api_client_limits& limits)
    : limits_(limits) {
  // nop
}

bool request_queue::push(lane in, uint64_t id, work_kind what,
                         monotonic_time now) {
  auto& queue = waiting_[index_of(in)];
  if (queue.size() >= limits_.longest_queue)
    return false;
  queue.push_back({id, what, now});
  return true;
}

void request_queue::push_front(lane in, uint64_t id, work_kind what,
                               monotonic_time now) {
  waiting_[index_of(in)].push_front({id, what, now});
}

std::optional<request_queue::ticket> request_queue::next(monotonic_time now) {
  release_slow(now);
  auto take = [&](lane in) {
    auto i = index_of(in);
    auto first = waiting_[i].front();
    waiting_[i].pop_front();
    ++in_flight_[i];
    ++counted_[i];
    sent_.emplace(first.id, sent{in, first.what, now});
    by_age_.emplace_back(now, first.id);
    return ticket{in, first.id};
  };
  if (may_send(lane::load, now))
    return take(lane::load);
  for (auto in : by_priority)
    if (may_send(in, now))
      return take(in);
  return std::nullopt;
}

bool request_queue::may_send(lane in, monotonic_time now) const {
  auto i = index_of(in);
  if (waiting_[i].empty() || in_flight_[i] >= limits_.most[i])
    return false;
  if (in == lane::load)
    return true;
  if (held_ || is_paused(in, now))
    return false;
  return fits(in) || has_waited(in, now);
}

/// Whether the window has a place for it.
bool request_queue::fits(lane in) const {
  size_t taken = 0;
  for (auto other : by_priority)
    taken += counted_[index_of(other)];
  switch (in) {
  case lane::list: // few, and everything waits for them
    return true;
  case lane::status:
    return taken < window() || counted_[index_of(in)] < status_beyond;
  case lane::create:
    return taken < window() || counted_[index_of(in)] == 0;
  default:
    // A place stays free for what comes next, unless there is only one.
    return !is_wanted() && (taken == 0 || taken + 1 < window());
  }
}

bool request_queue::has_waited(lane in, monotonic_time now) const {
  auto i = index_of(in);
  return is_low(in) && in_flight_[i] == 0 &&
         now - waiting_[i].front().since >= patience_of(in);
}

bool request_queue::is_paused(lane in, monotonic_time now) const {
  return now < paused_until_ || now < lane_paused_until_[index_of(in)];
}

bool request_queue::is_wanted() const {
  return !waiting_[index_of(lane::status)].empty() ||
         !waiting_[index_of(lane::create)].empty();
}

void request_queue::release_slow(monotonic_time now) {
  for (; !by_age_.empty(); by_age_.pop_front()) {
    const auto& [at, id] = by_age_.front();
    auto found = sent_.find(id);
    // A repeated request has the same id.
    if (found == sent_.end() || found->second.at != at)
      continue;
    if (now - at < slow_after)
      return;
    found->second.slow = true;
    --counted_[index_of(found->second.in)];
  }
}

void request_queue::finished(uint64_t id, send_outcome outcome,
                             monotonic_time now) {
  auto found = sent_.find(id);
  assert(found != sent_.end());
  auto done = found->second;
  sent_.erase(found);
  auto i = index_of(done.in);
  --in_flight_[i];
  if (!done.slow)
    --counted_[i];
  if (outcome == send_outcome::overload && !is_low(done.in))
    pressure_.overloaded(now);
  else if (outcome == send_outcome::done)
    pressure_.answered(
        done.what,
        std::chrono::duration_cast<std::chrono::microseconds>(now - done.at),
        is_wanted(), now);
}

void request_queue::pause(lane in, monotonic_time until) {
  auto& pause = is_low(in) ? lane_paused_until_[index_of(in)] : paused_until_;
  pause = std::max(pause, until);
}

void request_queue::hold(bool held) {
  held_ = held;
}

std::vector<uint64_t> request_queue::take_waiting() {
  std::vector<uint64_t> all;
  for (auto in : by_priority) {
    auto& queue = waiting_[index_of(in)];
    for (const auto& request : queue)
      all.push_back(request.id);
    queue.clear();
  }
  return all;
}

std::optional<monotonic_time>
request_queue::wakes_at(monotonic_time now) const {
  std::optional<monotonic_time> first;
  auto sooner = [&](monotonic_time at) {
    if (at > now && (!first || at < *first))
      first = at;
  };
  for (auto in : by_priority) {
    auto i = index_of(in);
    if (waiting_[i].empty() || held_)
      continue;
    if (is_paused(in, now))
      sooner(std::max(paused_until_, lane_paused_until_[i]));
    else if (is_low(in))
      sooner(waiting_[i].front().since + patience_of(in));
    if (!by_age_.empty())
      sooner(by_age_.front().first + slow_after);
  }
  return first;
}

size_t request_queue::in_flight() const {
  size_t sum = 0;
  for (auto in : by_priority)
    sum += in_flight_[index_of(in)];
  return sum;
}

size_t request_queue::in_flight(lane in) const {
  return in_flight_[index_of(in)];
}

size_t request_queue::window() const {
  return pressure_.window();
}

size_t request_queue::waiting(lane in) const {
  return waiting_[index_of(in)].size();
}

} // namespace locust
