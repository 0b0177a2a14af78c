#include "actors/api_watcher/back_off.hpp"

#include <algorithm>

namespace locust::watcher {

std::chrono::milliseconds back_off::next(monotonic_time now) {
  if (!last_ || now - *last_ > calm)
    base_ = first_base;
  last_ = now;
  auto result = spread(base_);
  base_ = std::min(base_ * 2, last_base);
  return result;
}

std::chrono::milliseconds back_off::after_wish(std::chrono::milliseconds wish) {
  return spread(wish);
}

std::chrono::seconds back_off::between(std::chrono::seconds low,
                                       std::chrono::seconds high) {
  auto width = static_cast<uint64_t>((high - low).count() + 1);
  return low + std::chrono::seconds(static_cast<int64_t>(random_() % width));
}

std::chrono::milliseconds back_off::spread(std::chrono::milliseconds base) {
  auto extra = random_() % static_cast<uint64_t>(base.count() + 1);
  return base + std::chrono::milliseconds(static_cast<int64_t>(extra));
}

} // namespace locust::watcher
