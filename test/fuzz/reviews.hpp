#pragma once

#include "protocol/http.hpp"
#include "protocol/json.hpp"
#include "test/fuzz/fuzz.hpp"

#include <optional>
#include <string>
#include <string_view>

// The envelope of AdmissionReview and ConversionReview.

namespace locust::fuzz {

struct reviewed {
  json::document request;
  json::document response;
};

/// Checks the envelope of an answer to `body`. Returns its contents, or nothing
/// if `body` was refused.
inline std::optional<reviewed> read_answer(const std::string& kind,
                                           std::string_view body,
                                           const http_answer& answer) {
  if (answer.status != 200) {
    check(answer.status == 400, "a bad body is refused with 400");
    check_sentence(answer.body, "The body is not a valid " + kind + ": ");
    return std::nullopt;
  }
  auto asked = json::parse(body);
  auto answered = json::parse(answer.body);
  check(asked && answered, "the answer to JSON is JSON");
  check(json::text_at(*answered, {"kind"}) == kind, "the answer is a review");
  reviewed r;
  r.request.CopyFrom(*json::find(*asked, {"request"}),
                     r.request.GetAllocator());
  r.response.CopyFrom(*json::find(*answered, {"response"}),
                      r.response.GetAllocator());
  check(json::string_at(r.request, {"uid"}) ==
            json::string_at(r.response, {"uid"}),
        "the answer has the uid of the request");
  return r;
}

} // namespace locust::fuzz
