#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes/status_object.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// What an answer of the API server means. What follows from that is for the
// caller to say: a 404 is the end of a status write and the begin of a Lease.

namespace locust {

enum class answer_class : uint8_t {
  success,      ///< 2xx
  unauthorized, ///< 401: the server does not accept the credential
  forbidden,    ///< 403: a right is missing, or a quota is used up
  not_found,    ///< 404: no such object, namespace or resource
  conflict,     ///< 409: the object exists already, or is not as it was seen
  expired,      ///< 410: the resource version or the list's page is too old
  invalid,      ///< any other 4xx: this request is never accepted
  throttled,    ///< 429: surely nothing was done; come again
  unavailable,  ///< 408 and 5xx: nobody knows whether it was done
  no_answer,    ///< 0, and what no API server says (1xx, 3xx); likewise
};

/// `http_status`: 0 for no answer.
answer_class class_of(int http_status);
answer_class class_of(const api_response& response);

bool is_success(const api_response& response);

/// Whether the same request may succeed in a moment although nobody changes
/// anything: `throttled`, `unavailable` and `no_answer`.
bool is_transient(answer_class what);

/// Returns the body; empty when there is none.
std::string_view body_of(const api_response& response);

/// Returns what the server says in an answer that is no success. Its code is
/// the HTTP status; when the body is no Status, its beginning is the message.
/// `retry_after` is the longer of the header and the member of the body.
status_object status_of(const api_response& response);

/// Returns why it is no success: `403 user "o" cannot create`, or why there was
/// no answer.
std::string in_words(const api_response& response);

} // namespace locust
