#pragma once

#include "protocol/lifecycle_event.hpp"
#include "protocol/run_messages.hpp"

namespace locust {

/// Returns what the answer to `create_child` means for the run.
lifecycle_fact fact_of(const child_result& answer);

/// Returns what counts as the answer when none has come.
child_result lost_answer(std::string_view test_name, child_kind child);

/// Likewise, for any other request.
api_response no_answer();

} // namespace locust
