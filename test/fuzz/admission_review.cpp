#include "actors/admission/admission_review.hpp"

#include "actors/resource_builder/manifests.hpp"
#include "test/fuzz/fuzz.hpp"
#include "test/fuzz/reviews.hpp"

// Anyone who reaches the port can POST anything to the validating webhook.

using namespace locust;

namespace {

void check_warnings(const json::value& response) {
  const auto* warnings = json::find(response, {"warnings"});
  if (warnings == nullptr)
    return;
  size_t size = 0;
  for (const auto& warning : warnings->GetArray()) {
    fuzz::check(warning.GetStringLength() > 0 &&
                    warning.GetStringLength() <= 256,
                "no warning exceeds the limit of the API server");
    size += warning.GetStringLength();
  }
  fuzz::check(size <= 4096, "the warnings do not exceed the total limit");
}

/// Whether the rules apply to this object, which is v2.
bool is_judged(const json::value& request) {
  auto is_or_absent = [&](std::initializer_list<std::string_view> path,
                          std::string_view expected) {
    return json::string_at(request, path).value_or(expected) == expected;
  };
  return json::string_at(request, {"operation"}) == "CREATE" &&
         is_or_absent({"resource", "group"}, "locust.io") &&
         is_or_absent({"resource", "resource"}, "locusttests") &&
         is_or_absent({"subResource"}, "") &&
         json::string_at(request, {"object", "apiVersion"}) == "locust.io/v2" &&
         !json::string_at(request, {"object", "metadata", "deletionTimestamp"});
}

/// Children of an admitted object can be built; otherwise it would never start.
void check_children(const json::value& object) {
  const auto* spec = json::find(object, {"spec"});
  fuzz::check(spec != nullptr, "an admitted object has a spec");
  object_key test{"perf", json::text_at(object, {"metadata", "name"})};
  auto child =
      build_child_manifest(child_kind::master_job, test, "uid", *spec, {});
  fuzz::check(child.has_value(),
              "children of an admitted object can be built: " +
                  (child ? std::string{} : child.error().message));
}

} // namespace

void fuzz::try_input(std::string_view body) {
  auto answer = answer_admission_review(body, {});
  auto reviewed = fuzz::read_answer("AdmissionReview", body, answer);
  if (!reviewed)
    return;
  const auto& [request, response] = *reviewed;
  auto allowed = json::bool_at(response, {"allowed"});
  fuzz::check(allowed.has_value(), "the answer has a verdict");
  check_warnings(response);
  if (!*allowed)
    fuzz::check_sentence(json::text_at(response, {"status", "message"}), "");
  else if (is_judged(request))
    check_children(*json::find(request, {"object"}));
}
