#pragma once

#include "protocol/time.hpp"

namespace locust {

/// Reads CLOCK_BOOTTIME.
boot_time boot_now();

} // namespace locust
