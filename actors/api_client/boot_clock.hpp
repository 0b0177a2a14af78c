#pragma once

#include "protocol/time.hpp"

namespace locust {

/// Returns CLOCK_BOOTTIME.
boot_time boot_now();

} // namespace locust
