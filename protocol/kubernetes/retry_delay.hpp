#pragma once

#include "protocol/basics/back_off.hpp"

#include <chrono>
#include <string_view>

// How long a write that failed waits before it is sent again
// (docs/behaviour/lifecycle.md#create-failures).

namespace locust {

/// For what may be different in a moment, such as an API server that restarts.
inline constexpr back_off transient_back_off{std::chrono::milliseconds(50),
                                             std::chrono::seconds(30)};

/// For what stays until a person changes something, such as a missing right.
inline constexpr back_off refused_back_off{std::chrono::seconds(5),
                                           std::chrono::minutes(5)};

/// Returns the delay of `transient_back_off` after the `failures`-th failure in
/// a row (from 1), and up to a quarter more that depends on `key`, so that a
/// thousand tests whose writes failed together are not written together.
std::chrono::milliseconds transient_delay(unsigned failures,
                                          std::string_view key);

/// The same by `refused_back_off`.
std::chrono::milliseconds refused_delay(unsigned failures,
                                        std::string_view key);

} // namespace locust
