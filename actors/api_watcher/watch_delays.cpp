#include "actors/api_watcher/watch_delays.hpp"

namespace locust::watcher {

std::chrono::milliseconds watch_delays::next(monotonic_time now) {
  if (!last_ || now - *last_ > calm)
    failures_ = 0;
  last_ = now;
  return with_jitter(growth.delay(++failures_));
}

std::chrono::milliseconds
watch_delays::with_jitter(std::chrono::milliseconds base) {
  return spread(base, base, random_());
}

std::chrono::seconds watch_delays::between(std::chrono::seconds low,
                                           std::chrono::seconds high) {
  auto width = static_cast<uint64_t>((high - low).count() + 1);
  return low + std::chrono::seconds(static_cast<int64_t>(random_() % width));
}

} // namespace locust::watcher
