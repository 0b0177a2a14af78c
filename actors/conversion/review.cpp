#include "actors/conversion/review.hpp"

#include <string>

namespace locust {

namespace {

/// Maximum length of a quoted text in a message, in bytes.
constexpr size_t quote_limit = 60;

/// Returns what is wrong with a member of the review, or an empty text.
std::string fault_of(const json::value& whole, const review_kind& kind) {
  if (!whole.IsObject())
    return "it must be a JSON object";
  for (auto [name, expected] : {std::pair("kind", kind.name),
                                std::pair("apiVersion", kind.api_version)}) {
    auto is = json::string_at(whole, {name});
    if (is && *is != expected)
      return std::string(name) + " must be " + std::string(expected) +
             ", but it is \"" + json::clean_text(*is, quote_limit) + '"';
  }
  const auto* request = json::find(whole, {"request"});
  if (request == nullptr || !request->IsObject())
    return "request is missing or not an object";
  if (json::text_at(*request, {"uid"}).empty())
    return "request.uid is missing or not a string";
  return {};
}

} // namespace

result<review> read_review(std::string_view body, const review_kind& kind) {
  auto fail_as = [&](std::string_view why) {
    return fail(errc::malformed, "The body is not a valid " +
                                     std::string(kind.name) + ": " +
                                     std::string(why));
  };
  if (body.empty())
    return fail_as("it is empty");
  auto whole = json::parse(body);
  if (!whole)
    return fail_as(whole.error().message);
  if (auto why = fault_of(*whole, kind); !why.empty())
    return fail_as(why);
  review r{.whole = std::move(*whole)};
  r.request = json::find(r.whole, {"request"});
  r.uid = *json::string_at(*r.request, {"uid"});
  return r;
}

http_answer refuse_review(const error& why) {
  return {.status = 400, .body = why.message + '\n'};
}

} // namespace locust
