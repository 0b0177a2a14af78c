#pragma once

#include "protocol/error.hpp"
#include "protocol/http.hpp"
#include "protocol/json.hpp"
#include "protocol/json/members.hpp"

#include <string_view>

// The common part of all reviews that the API server sends to webhooks: a
// request with a uid, which the response repeats.

namespace locust {

struct review_kind {
  std::string_view name;        ///< `ConversionReview`
  std::string_view api_version; ///< `apiextensions.k8s.io/v1`
};

struct review {
  json::document whole;
  /// The object `request`, within `whole`.
  const json::value* request = nullptr;
  std::string_view uid{};
};

/// Reads the common part of a review. On failure returns one sentence for an
/// answer 400.
result<review> read_review(std::string_view body, const review_kind& kind);

/// Returns the answer to a body that is not a review.
http_answer refuse_review(const error& why);

/// Returns the answer to a review: a response with the uid and what `put_rest`
/// writes.
template <class Body>
http_answer answer_review(const review_kind& kind, std::string_view uid,
                          Body put_rest) {
  json::string_buffer buffer;
  json::writer out(buffer);
  json::put_item(out, [&] {
    json::put(out, "apiVersion", kind.api_version);
    json::put(out, "kind", kind.name);
    json::put_object(out, "response", [&] {
      json::put(out, "uid", uid);
      put_rest(out);
    });
  });
  return {.status = 200,
          .content_type = "application/json",
          .body = {buffer.GetString(), buffer.GetSize()}};
}

} // namespace locust
