#pragma once

#include "protocol/lifecycle_event.hpp"
#include "protocol/run_messages.hpp"

namespace locust {

/// Returns the fact that follows from the answer to `create_child` for the
/// LocustTest of this name.
lifecycle_fact fact_of(const child_result& answer, std::string_view test_name);

/// Returns the result to use when no answer arrived.
child_result lost_answer(std::string_view test_name, child_kind child);

/// As `lost_answer`, for any other request.
api_response no_answer();

} // namespace locust
