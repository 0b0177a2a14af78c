#pragma once

#include "protocol/time.hpp"

namespace locust {

/// Returns CLOCK_BOOTTIME.
boot_time boot_now();

/// Returns the time of the wall clock.
timestamp wall_now();

} // namespace locust
