#pragma once

#include "protocol/lifecycle_event.hpp"
#include "protocol/messages.hpp"

namespace locust {

/// Returns what the answer to `create_child` means for the run.
lifecycle_fact fact_of(const child_result& answer);

} // namespace locust
