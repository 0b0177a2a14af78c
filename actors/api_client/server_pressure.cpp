#include "actors/api_client/server_pressure.hpp"

#include <algorithm>

namespace locust {

namespace {

/// 429 answers to requests that were sent together report the same overload, so
/// the window shrinks only once for all of them.
constexpr auto cut_period = std::chrono::seconds(1);

double seconds(monotonic_time::duration d) {
  return std::chrono::duration<double>(d).count();
}

} // namespace

void server_pressure::answered(work_kind what, std::chrono::microseconds took,
                               bool wanted, monotonic_time now) {
  if (what == work_kind::other)
    return;
  wanted_ = wanted_ || wanted;
  batch_.push_back(slowness(what, took, now));
  if (batch_.size() >= std::max(least_batch, window()))
    adjust();
}

void server_pressure::overloaded(monotonic_time now) {
  if (was_cut_ && now - last_cut_ < cut_period)
    return;
  window_ = std::max(window_ / 2, static_cast<double>(least_window));
  batch_.clear();
  last_cut_ = now;
  was_cut_ = true;
}

/// Returns how many times longer it took than on an idle server.
double server_pressure::slowness(work_kind what, std::chrono::microseconds took,
                                 monotonic_time now) {
  auto& known = shortest_[static_cast<size_t>(what)];
  auto measured = static_cast<double>(std::max<int64_t>(took.count(), 1));
  auto aged = known.microseconds *
              (1 + seconds(now - known.at) /
                       std::chrono::duration<double>(forget_after).count());
  if (known.microseconds == 0 || measured < aged)
    known = {measured, now};
  else
    known = {aged, now};
  return measured / known.microseconds;
}

void server_pressure::adjust() {
  auto quartile =
      batch_.begin() + static_cast<std::ptrdiff_t>(batch_.size() / 4);
  std::nth_element(batch_.begin(), quartile, batch_.end());
  auto waiting = window_ * (1 - 1 / *quartile);
  if (waiting > most_waiting)
    window_ = std::max(window_ - 1, static_cast<double>(least_window));
  else if (waiting < least_waiting && wanted_)
    window_ = std::min(window_ + 1, static_cast<double>(most_window));
  batch_.clear();
  wanted_ = false;
}

} // namespace locust
