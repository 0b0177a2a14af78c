#include "actors/conversion/conversion_review.hpp"

#include "actors/conversion/convert.hpp"
#include "actors/resource_builder/manifests.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "test/fuzz/fuzz.hpp"
#include "test/fuzz/reviews.hpp"

#include <algorithm>
#include <set>

// Anyone who reaches the port can POST anything to the conversion webhook.

using namespace locust;

namespace {

const object_key test{"perf", "t"};

// -- the answer ---------------------------------------------------------------

void check_converted(const json::value& request, const json::value& response) {
  const auto* asked = json::find(request, {"objects"});
  const auto* got = json::find(response, {"convertedObjects"});
  auto count = asked != nullptr && asked->IsArray() ? asked->Size() : 0;
  fuzz::check(got != nullptr && got->IsArray() && got->Size() == count,
              "the number of objects is the same");
  for (rapidjson::SizeType i = 0; i < count; ++i) {
    fuzz::check(json::string_at((*got)[i], {"apiVersion"}) ==
                    json::string_at(request, {"desiredAPIVersion"}),
                "objects have the desired version");
    for (const auto* name : {"name", "uid"})
      fuzz::check(json::text_at((*got)[i], {"metadata", name}) ==
                      json::text_at((*asked)[i], {"metadata", name}),
                  "objects keep their order");
  }
}

// -- properties of the conversion ---------------------------------------------

/// Whether an object has a member twice, which the API server never sends. It
/// is undefined which one counts.
bool has_twins(const json::value& v) {
  if (v.IsArray())
    return std::any_of(v.Begin(), v.End(), has_twins);
  if (!v.IsObject())
    return false;
  std::set<std::string_view> names;
  for (const auto& m : v.GetObject())
    if (!names.emplace(m.name.GetString(), m.name.GetStringLength()).second ||
        has_twins(m.value))
      return true;
  return false;
}

json::document converted(const json::value& object, test_version to) {
  json::string_buffer buffer;
  json::writer out(buffer);
  auto done = convert_test(out, object, to);
  fuzz::check(done.has_value(), "a converted object can be converted: " +
                                    (done ? "" : done.error().message));
  auto read = json::parse({buffer.GetString(), buffer.GetSize()});
  fuzz::check(read.has_value(), "a converted object is JSON");
  return std::move(*read);
}

/// Returns the manifest of a Job; empty if it cannot be built.
std::string job_of(const json::value& object) {
  const auto* spec = json::find(object, {"spec"});
  if (spec == nullptr)
    return {};
  return build_child_manifest(child_kind::worker_job, test, "uid", *spec, {})
      .value_or("");
}

/// Whether the CRD can admit the spec of this v2 object. For other specs a
/// round trip keeps only what v1 shows, because the annotation may be forged
/// and the API server does not validate converted objects.
bool is_lawful(const json::value& object) {
  const auto* spec = json::find(object, {"spec"});
  return spec == nullptr || spec->IsNull() ||
         read_spec_values(*spec).has_value();
}

/// A round trip gives an equivalent object, with all defaults filled in. A
/// second round trip changes nothing.
void try_laws(const json::value& object) {
  auto home = version_of(object);
  if (!home || has_twins(object))
    return;
  if (*home == test_version::v2 && !is_lawful(object))
    return;
  auto other = *home == test_version::v1 ? test_version::v2 : test_version::v1;
  json::string_buffer ignored;
  json::writer out(ignored);
  if (!convert_test(out, object, other))
    return;
  auto there = converted(object, other);
  auto back = converted(there, *home);
  auto there_again = converted(back, other);
  fuzz::check(json::dump_canonical(there_again) == json::dump_canonical(there),
              "both objects are equal in the other version");
  fuzz::check(json::dump_canonical(converted(there_again, *home)) ==
                  json::dump_canonical(back),
              "a second round trip changes nothing");
  if (*home == test_version::v2)
    fuzz::check(job_of(back) == job_of(object),
                "both objects give the same Job");
}

} // namespace

void fuzz::try_input(std::string_view body) {
  auto answer = answer_conversion_review(body);
  auto reviewed = fuzz::read_answer("ConversionReview", body, answer);
  if (!reviewed)
    return;
  const auto& [request, response] = *reviewed;
  if (json::string_at(response, {"result", "status"}) == "Success")
    check_converted(request, response);
  else
    fuzz::check_sentence(json::text_at(response, {"result", "message"}), "");
  const auto* objects = json::find(request, {"objects"});
  if (objects != nullptr && objects->IsArray())
    for (const auto& object : objects->GetArray())
      try_laws(object);
}
