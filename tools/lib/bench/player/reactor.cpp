#include "tools/lib/bench/player/reactor.hpp"

#include <algorithm>

namespace locust::bench {

double reactor::now() const {
  return std::chrono::duration<double>(clock::now() - begun_).count();
}

void reactor::post(const handler* to, std::vector<transfer_event> events) {
  {
    std::lock_guard guard(mutex_);
    for (auto& event : events)
      waiting_.emplace_back(to, std::move(event));
  }
  wakeup_.notify_one();
}

void reactor::after(std::chrono::milliseconds pause,
                    std::function<void()> what) {
  timers_.emplace(clock::now() + pause, std::move(what));
}

bool reactor::run_until(const std::function<bool()>& done,
                        std::chrono::milliseconds patience) {
  auto end = clock::now() + patience;
  while (!done()) {
    if (clock::now() >= end)
      return false;
    auto until = timers_.empty() ? end : std::min(end, timers_.begin()->first);
    for (auto& [to, event] : take(until))
      (*to)(event);
    run_timers();
  }
  return true;
}

reactor::batch reactor::take(clock::time_point until) {
  std::unique_lock lock(mutex_);
  wakeup_.wait_until(lock, until, [this] { return !waiting_.empty(); });
  return std::exchange(waiting_, {});
}

void reactor::run_timers() {
  auto now = clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto what = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    what();
  }
}

} // namespace locust::bench
