#pragma once

#include "protocol/api_call.hpp"
#include "protocol/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The two questions to the API server: who is it (TokenReview), and may they
// (SubjectAccessReview). Pure.

namespace locust {

/// Whom a token belongs to.
struct token_owner {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  /// JSON object, sorted; empty for none.
  std::string extra;

  bool operator==(const token_owner&) const = default;
};

api_request token_review(std::string_view token);

/// Reads the answer to it. Nothing inside: the token is nobody's. Fails with
/// what is wrong with the answer.
result<std::optional<token_owner>> read_token_review(std::string_view body);

api_request subject_access_review(const token_owner& who, std::string_view path,
                                  std::string_view verb);

/// Reads the answer to it: whether it is allowed.
result<bool> read_subject_access_review(std::string_view body);

} // namespace locust
