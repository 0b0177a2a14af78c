#pragma once

#include "protocol/api_call.hpp"
#include "protocol/run_messages.hpp"

namespace locust {

/// Returns what an answer that has no statistics says of a master: why, and
/// whether nothing listens on the port of its web UI.
load_sample unanswered_by(const api_response& answer);

} // namespace locust
