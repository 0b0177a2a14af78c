#include "protocol/kubernetes/retry_delay.hpp"

#include <cstdint>
#include <functional>

namespace locust {

namespace {

using std::chrono::milliseconds;

milliseconds delay(const back_off& by, unsigned failures,
                   std::string_view key) {
  auto base = by.delay(failures);
  auto hash = std::hash<std::string_view>{}(key) + failures * 0x9e3779b9U;
  return spread(base, base / 4, hash);
}

} // namespace

milliseconds transient_delay(unsigned failures, std::string_view key) {
  return delay(transient_back_off, failures, key);
}

milliseconds refused_delay(unsigned failures, std::string_view key) {
  return delay(refused_back_off, failures, key);
}

} // namespace locust
