#pragma once

#include "protocol/basics/back_off.hpp"

#include <chrono>
#include <string_view>

// Delays before a failed write is retried
// (docs/behaviour/lifecycle.md#create-failures).

namespace locust {

/// For failures that pass, such as a restart of the API server.
inline constexpr back_off transient_back_off{std::chrono::milliseconds(50),
                                             std::chrono::seconds(30)};

/// For failures that a person must fix, such as a missing permission.
inline constexpr back_off refused_back_off{std::chrono::seconds(5),
                                           std::chrono::minutes(5)};

/// Returns the delay of `transient_back_off` after the `failures`-th
/// consecutive failure (from 1), plus up to a quarter that depends on `key`, so
/// that tests whose writes failed together do not retry together.
std::chrono::milliseconds transient_delay(unsigned failures,
                                          std::string_view key);

/// Same, with `refused_back_off`.
std::chrono::milliseconds refused_delay(unsigned failures,
                                        std::string_view key);

} // namespace locust
