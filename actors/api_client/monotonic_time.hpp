#pragma once

#include <chrono>

namespace locust {

/// A point of monotonic time; whoever calls a core brings it.
using monotonic_time = std::chrono::steady_clock::time_point;

} // namespace locust
