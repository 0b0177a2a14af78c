#include "actors/status_writer/retry_delay.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>

namespace locust {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds transient_first{50};
constexpr milliseconds transient_most{30'000};
constexpr milliseconds refused_first{5'000};
constexpr milliseconds refused_most{300'000};

/// Twelve doublings lead from each first to above each most.
constexpr unsigned most_doublings = 12;

milliseconds delay(milliseconds first, milliseconds most, unsigned failures,
                   std::string_view key) {
  auto doublings = std::min(std::max(failures, 1U) - 1, most_doublings);
  auto base = std::min(first * (1 << doublings), most);
  auto hash = std::hash<std::string_view>{}(key) + failures * 0x9e3779b9U;
  auto spread = static_cast<milliseconds::rep>(hash % 1000);
  return base + base * spread / 4000;
}

} // namespace

milliseconds transient_delay(unsigned failures, std::string_view key) {
  return delay(transient_first, transient_most, failures, key);
}

milliseconds refused_delay(unsigned failures, std::string_view key) {
  return delay(refused_first, refused_most, failures, key);
}

} // namespace locust
