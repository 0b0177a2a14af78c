#include "actors/supervisor/child_answer.hpp"

#include "protocol/json.hpp"

namespace locust {

namespace {

/// Maximum length of an API server message in bytes: the beginning says what is
/// wrong.
constexpr size_t message_limit = 1024;

/// Whether the answer to a creation says for certain that nothing was created:
/// 429 (not processed) or 409 (a conflict on a ResourceQuota).
bool leaves_untouched(int status) {
  return status == 429 || status == 409;
}

} // namespace

lifecycle_fact fact_of(const child_result& answer, std::string_view test_name) {
  using outcome = child_result::outcome;
  switch (answer.what) {
  case outcome::created:
  case outcome::adopted:
    return fact::child_created{answer.child, answer.name, answer.uid,
                               answer.what == outcome::adopted,
                               answer.ttl_seconds};
  case outcome::conflict:
    return fact::name_conflict{answer.child, answer.name, answer.owner,
                               answer.deleting, answer.owner_test == test_name};
  case outcome::refused:
  case outcome::failed:
    break;
  }
  return fact::create_failed{answer.child,
                             answer.name,
                             json::clean_text(answer.message, message_limit),
                             answer.transient,
                             leaves_untouched(answer.status),
                             answer.unsent};
}

child_result lost_answer(std::string_view test_name, child_kind child) {
  child_result lost;
  lost.child = child;
  lost.name = child_name(test_name, child);
  lost.message = "the operator received no answer";
  lost.transient = true;
  return lost;
}

api_response no_answer() {
  api_response none;
  none.body = std::make_shared<const std::string>();
  none.failure = "the operator received no answer";
  return none;
}

} // namespace locust
