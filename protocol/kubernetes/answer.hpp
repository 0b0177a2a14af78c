#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes/status_object.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Classifies answers of the API server. The consequence is up to the caller: a
// 404 ends a status write, but leads to the creation of a Lease.

namespace locust {

enum class answer_class : uint8_t {
  success,      ///< 2xx
  unauthorized, ///< 401: the server does not accept the credential
  forbidden,    ///< 403: missing permission, or quota exceeded
  not_found,    ///< 404: no such object, namespace or resource
  conflict,     ///< 409: the object exists, or its resource version differs
  expired,      ///< 410: resource version or continue token too old
  invalid,      ///< any other 4xx: a retry does not help
  throttled,    ///< 429: nothing was done; retry later
  unavailable,  ///< 408 and 5xx: the request may or may not have been executed
  no_answer,    ///< 0 and non-API statuses (1xx, 3xx); likewise unknown
};

/// `http_status` is 0 if there was no answer.
answer_class class_of(int http_status);
answer_class class_of(const api_response& response);

bool is_success(const api_response& response);

/// Whether a retry may succeed without any change in the cluster: `throttled`,
/// `unavailable` and `no_answer`.
bool is_transient(answer_class what);

/// Returns the body; empty if there is none.
std::string_view body_of(const api_response& response);

/// Returns the Status of an unsuccessful answer. Its code is the HTTP status.
/// If the body is no Status, the beginning of the body is the message.
/// `retry_after` is the longer of header and body.
status_object status_of(const api_response& response);

/// Returns why a request failed: `403 user "o" cannot create`, or why there was
/// no answer.
std::string in_words(const api_response& response);

} // namespace locust
