#include "protocol/kubernetes/answer.hpp"

#include <algorithm>

namespace locust {

answer_class class_of(int http_status) {
  switch (http_status) {
  case 401:
    return answer_class::unauthorized;
  case 403:
    return answer_class::forbidden;
  case 404:
    return answer_class::not_found;
  case 408:
    return answer_class::unavailable;
  case 409:
    return answer_class::conflict;
  case 410:
    return answer_class::expired;
  case 429:
    return answer_class::throttled;
  default:
    break;
  }
  switch (http_status / 100) {
  case 2:
    return answer_class::success;
  case 4:
    return answer_class::invalid;
  case 5:
    return answer_class::unavailable;
  default:
    return answer_class::no_answer;
  }
}

answer_class class_of(const api_response& response) {
  return class_of(response.status);
}

bool is_success(const api_response& response) {
  return class_of(response) == answer_class::success;
}

bool is_transient(answer_class what) {
  return what == answer_class::throttled || what == answer_class::unavailable ||
         what == answer_class::no_answer;
}

std::string_view body_of(const api_response& response) {
  return response.body ? std::string_view(*response.body) : std::string_view();
}

status_object status_of(const api_response& response) {
  auto body = body_of(response);
  auto said = parse_status(body);
  if (!said) {
    said.emplace();
    said->message = json::clean_text(body, status_object::longest_message);
  }
  said->code = response.status;
  if (response.retry_after && response.retry_after->count() > 0)
    said->retry_after =
        std::max(said->retry_after,
                 std::optional(std::min(*response.retry_after,
                                        status_object::longest_wait)));
  return std::move(*said);
}

std::string in_words(const api_response& response) {
  if (response.status == 0)
    return response.failure;
  auto message = status_of(response).message;
  return std::to_string(response.status) +
         (message.empty() ? "" : ' ' + message);
}

} // namespace locust
