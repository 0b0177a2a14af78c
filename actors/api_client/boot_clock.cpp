#include "actors/api_client/boot_clock.hpp"

#include <ctime>

namespace locust {

boot_time boot_now() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return boot_time{std::chrono::seconds(now.tv_sec) +
                   std::chrono::nanoseconds(now.tv_nsec)};
}

timestamp wall_now() {
  return std::chrono::floor<timestamp::duration>(
      std::chrono::system_clock::now());
}

} // namespace locust
