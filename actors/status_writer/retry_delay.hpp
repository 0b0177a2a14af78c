#pragma once

#include <chrono>
#include <string_view>

// How long a failed write waits before it is sent again.

namespace locust {

/// Returns the wait after the `failures`-th failure in a row (from 1) of what
/// may be different in a moment: 50 ms, doubling to 30 s
/// (docs/behaviour/process.md#retries), plus up to a quarter that depends on
/// `key`, so that a thousand tests which failed together do not come back
/// together.
std::chrono::milliseconds transient_delay(unsigned failures,
                                          std::string_view key);

/// The same for what lasts until a person changes something, such as a missing
/// permission: 5 s, doubling to 5 min (docs/behaviour/process.md#retries).
std::chrono::milliseconds refused_delay(unsigned failures,
                                        std::string_view key);

} // namespace locust
