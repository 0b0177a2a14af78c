#include "actors/gateway/access_answer.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace locust {

namespace {

constexpr std::string_view scheme = "bearer ";

/// Bytes of a user name that an answer repeats.
constexpr size_t shown_limit = 300;

bool has_scheme(std::string_view text) {
  return text.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), text.begin(),
                    [](char wanted, char c) {
                      return wanted == (c >= 'A' && c <= 'Z' ? c + ' ' : c);
                    });
}

} // namespace

std::optional<std::string> bearer_token(std::string_view authorization) {
  if (!has_scheme(authorization))
    return std::nullopt;
  auto token = authorization.substr(scheme.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  if (token.empty() || token.find(' ') != std::string_view::npos)
    return std::nullopt;
  return std::string(token);
}

http_answer answer_refusal(const access_verdict& verdict) {
  using kind = access_verdict::kind;
  auto user = json::clean_text(verdict.user, shown_limit);
  http_answer answer;
  switch (verdict.what) {
  case kind::allowed:
  case kind::unknown:
    answer.status = 401;
    answer.body = "Unauthorized\n";
    break;
  case kind::denied:
    answer.status = 403;
    answer.body = "Authorization denied for user " + user + "\n";
    break;
  case kind::unauthenticated:
    answer.status = 500;
    answer.body = "Authentication failed\n";
    break;
  case kind::undecided:
    answer.status = 500;
    answer.body = "Authorization for user " + user + " failed\n";
    break;
  }
  return answer;
}

} // namespace locust
