#pragma once

#include "protocol/access.hpp"
#include "protocol/http.hpp"

#include <optional>
#include <string>
#include <string_view>

// Answers of a protected page to callers without access. Pure.

namespace locust {

/// Returns the token of a header `Authorization: Bearer TOKEN`; nothing for any
/// other header.
std::optional<std::string> bearer_token(std::string_view authorization);

/// Returns 401, 403 with the user name, or 500 if the API server could not
/// decide.
http_answer answer_refusal(const access_verdict& verdict);

} // namespace locust
