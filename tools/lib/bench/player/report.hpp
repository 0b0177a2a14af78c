#pragma once

#include "tools/lib/bench/player/roles.hpp"

#include <string>

namespace locust::bench {

/// The times of all tests as JSON, in seconds since `begin`; null for what did
/// not happen.
std::string report(const test_list& tests, double begin);

} // namespace locust::bench
