#include "actors/api_client/request_queue.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace locust {

namespace {

/// 429 answers to requests that were sent together report the same overload, so
/// the window shrinks only once for all of them.
constexpr auto cut_period = std::chrono::seconds(1);

constexpr auto load_index = static_cast<size_t>(lane::load);

constexpr size_t index_of(lane in) {
  return static_cast<size_t>(in);
}

} // namespace

request_queue::request_queue(const api_client_limits& limits)
    : limits_(limits), window_(static_cast<double>(limits.window)) {
  // nop
}

bool request_queue::push(lane in, uint64_t id) {
  auto& queue = waiting_[index_of(in)];
  if (queue.size() >= limits_.longest_queue)
    return false;
  queue.push_back(id);
  return true;
}

void request_queue::push_front(lane in, uint64_t id) {
  waiting_[index_of(in)].push_front(id);
}

std::optional<request_queue::ticket> request_queue::next(monotonic_time now) {
  // The lane with the fewest requests in flight, relative to its guarantee,
  // goes first. Equal lanes take turns, starting after the last one.
  std::optional<size_t> best;
  auto load_of = [&](size_t i) {
    return static_cast<double>(in_flight_[i]) /
           static_cast<double>(i == load_index ? limits_.load_window
                                               : guarantee(i));
  };
  for (size_t step = 1; step <= lane_count; ++step) {
    auto i = (last_ + step) % lane_count;
    if (may_send(i, now) && (!best || load_of(i) < load_of(*best)))
      best = i;
  }
  if (!best)
    return std::nullopt;
  last_ = *best;
  ++in_flight_[*best];
  ticket taken{static_cast<lane>(*best), waiting_[*best].front()};
  waiting_[*best].pop_front();
  return taken;
}

bool request_queue::may_send(size_t index, monotonic_time now) const {
  if (waiting_[index].empty())
    return false;
  if (index == load_index)
    return in_flight_[index] < limits_.load_window;
  if (held_ || now < paused_until_)
    return false;
  if (in_flight_[index] < guarantee(index))
    return true;
  // Beyond its guarantee a lane uses only what no other lane is guaranteed.
  size_t taken = 0;
  for (size_t i = 0; i < load_index; ++i)
    taken += i == index ? in_flight_[i] : std::max(in_flight_[i], guarantee(i));
  return taken < window();
}

void request_queue::finished(lane in, send_outcome outcome,
                             monotonic_time now) {
  auto index = index_of(in);
  assert(in_flight_[index] > 0);
  --in_flight_[index];
  if (index == load_index)
    return;
  if (outcome == send_outcome::overload) {
    if (!was_cut_ || now - last_cut_ >= cut_period) {
      window_ =
          std::max(window_ / 2, static_cast<double>(limits_.least_window));
      last_cut_ = now;
      was_cut_ = true;
    }
  } else if (outcome == send_outcome::done) {
    window_ =
        std::min(window_ + 1 / window_, static_cast<double>(limits_.window));
  }
}

void request_queue::pause(monotonic_time until) {
  paused_until_ = std::max(paused_until_, until);
}

void request_queue::hold(bool held) {
  held_ = held;
}

std::vector<uint64_t> request_queue::take_waiting() {
  std::vector<uint64_t> all;
  for (size_t i = 0; i < load_index; ++i) {
    all.insert(all.end(), waiting_[i].begin(), waiting_[i].end());
    waiting_[i].clear();
  }
  return all;
}

std::optional<monotonic_time>
request_queue::wakes_at(monotonic_time now) const {
  if (now >= paused_until_)
    return std::nullopt;
  for (size_t i = 0; i < load_index; ++i)
    if (!waiting_[i].empty())
      return paused_until_;
  return std::nullopt;
}

size_t request_queue::guarantee(size_t index) const {
  return std::max<size_t>(1, limits_.guaranteed[index] * window() /
                                 limits_.window);
}

size_t request_queue::in_flight() const {
  size_t sum = 0;
  for (size_t i = 0; i < load_index; ++i)
    sum += in_flight_[i];
  return sum;
}

size_t request_queue::in_flight(lane in) const {
  return in_flight_[index_of(in)];
}

size_t request_queue::window() const {
  return static_cast<size_t>(window_);
}

size_t request_queue::waiting(lane in) const {
  return waiting_[index_of(in)].size();
}

} // namespace locust
