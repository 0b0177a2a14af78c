#pragma once

#include <chrono>
#include <string>

namespace locust {

/// Returns `90 s`, or `1500 ms` if it is not a whole number of seconds.
inline std::string duration_text(std::chrono::milliseconds d) {
  return d.count() % 1000 == 0 ? std::to_string(d.count() / 1000) + " s"
                               : std::to_string(d.count()) + " ms";
}

} // namespace locust
