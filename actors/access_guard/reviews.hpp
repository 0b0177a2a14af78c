#pragma once

#include "protocol/api_call.hpp"
#include "protocol/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The two requests to the API server: TokenReview (who is the caller?) and
// SubjectAccessReview (may the caller do this?). Pure.

namespace locust {

/// The user that a token authenticates (`status.user` of a TokenReview).
struct token_owner {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  /// JSON object with sorted keys; empty if there is none.
  std::string extra;

  bool operator==(const token_owner&) const = default;
};

api_request token_review(std::string_view token);

/// Reads the answer. Returns no owner when the token is not authenticated.
/// Fails with `errc::malformed` when the answer is no TokenReview.
result<std::optional<token_owner>> read_token_review(std::string_view body);

api_request subject_access_review(const token_owner& who, std::string_view path,
                                  std::string_view verb);

/// Reads the answer. Returns whether access is allowed.
result<bool> read_subject_access_review(std::string_view body);

} // namespace locust
