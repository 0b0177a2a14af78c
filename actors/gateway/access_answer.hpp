#pragma once

#include "protocol/access.hpp"
#include "protocol/http.hpp"

#include <optional>
#include <string>
#include <string_view>

// What a page that not everybody may read answers to those who may not. Pure.

namespace locust {

/// Returns the token of a header `Authorization: Bearer TOKEN`; nothing when
/// that is anything else.
std::optional<std::string> bearer_token(std::string_view authorization);

/// Answers those who may not: 401, 403 with the name of the user, or 500 when
/// it could not be found out.
http_answer answer_refusal(const access_verdict& verdict);

} // namespace locust
