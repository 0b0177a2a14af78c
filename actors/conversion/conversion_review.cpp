#include "actors/conversion/conversion_review.hpp"

#include "actors/conversion/convert.hpp"
#include "actors/conversion/review.hpp"

#include <string>

namespace locust {

namespace {

constexpr review_kind kind = {.name = "ConversionReview",
                              .api_version = "apiextensions.k8s.io/v1"};

/// Maximum length of a name in a message, in bytes; Kubernetes has no longer
/// ones.
constexpr size_t name_limit = 253;

std::string name_of(const json::value& object) {
  auto ns = json::text_at(object, {"metadata", "namespace"});
  auto name = json::text_at(object, {"metadata", "name"});
  return json::clean_text(ns, name_limit) + '/' +
         json::clean_text(name, name_limit);
}

/// Writes the converted objects; stops at the first failure.
result<void> put_objects(json::writer& out, const json::value& objects,
                         test_version to) {
  size_t i = 0;
  for (const auto& object : objects.GetArray()) {
    if (auto done = convert_test(out, object, to); !done)
      return fail(done.error().code,
                  "cannot convert " + name_of(object) + " (request.objects[" +
                      std::to_string(i) + "]) to " +
                      std::string(to_string(to)) + ": " + done.error().message);
    ++i;
  }
  return {};
}

void put_result(json::writer& out, std::string_view status,
                std::string_view message) {
  json::put_object(out, "result", [&] {
    json::put(out, "status", status);
    json::put_unless_empty(out, "message", message);
  });
}

http_answer failure(std::string_view uid, std::string_view message) {
  return answer_review(kind, uid, [&](json::writer& out) {
    json::put_list(out, "convertedObjects", [] {});
    put_result(out, "Failure", message);
  });
}

} // namespace

http_answer answer_conversion_review(std::string_view body) {
  auto review = read_review(body, kind);
  if (!review)
    return refuse_review(review.error());
  auto desired = json::text_at(*review->request, {"desiredAPIVersion"});
  auto to = parse_test_version(desired);
  if (!to)
    return failure(review->uid,
                   "request.desiredAPIVersion must be locust.io/v1 or "
                   "locust.io/v2, but it is \"" +
                       json::clean_text(desired, name_limit) + '"');
  const json::value none(rapidjson::kArrayType);
  const auto* objects = json::find(*review->request, {"objects"});
  if (objects == nullptr || objects->IsNull())
    objects = &none;
  if (!objects->IsArray())
    return refuse_review({.message =
                              "The body is not a valid ConversionReview: "
                              "request.objects must be "
                              "a list"});
  result<void> converted;
  auto answer = answer_review(kind, review->uid, [&](json::writer& out) {
    json::put_list(out, "convertedObjects",
                   [&] { converted = put_objects(out, *objects, *to); });
    put_result(out, "Success", {});
  });
  return converted ? answer : failure(review->uid, converted.error().message);
}

} // namespace locust
