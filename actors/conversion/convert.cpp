#include "actors/conversion/convert.hpp"

#include "actors/conversion/flat_spec.hpp"
#include "actors/conversion/kept_spec.hpp"
#include "actors/conversion/nested_spec.hpp"
#include "protocol/json/members.hpp"

#include <algorithm>
#include <string>

namespace locust {

namespace {

/// Maximum length of a quoted text in a message, in bytes.
constexpr size_t quote_limit = 60;

/// Kubernetes limits all annotations of an object to 256 KiB, names included.
/// This is the limit including ours: a client of v1 must be able to add some
/// (`kubectl apply` adds the whole object).
constexpr size_t annotation_budget = size_t{192} * 1024;

std::string_view view(const json::value& text) {
  return {text.GetString(), text.GetStringLength()};
}

/// Returns an object's member unless it is missing or null.
const json::value* present(const json::value& object, std::string_view name) {
  const auto* found = json::find(object, {name});
  return found == nullptr || found->IsNull() ? nullptr : found;
}

result<void> outcome_of(spec_faults faults) {
  if (!faults.empty())
    return fail(errc::malformed, std::move(faults.front()));
  return {};
}

/// Adds a fault for each of these members that exists but is not an object.
void demand_objects(const json::value& object, spec_faults& faults) {
  for (std::string_view name : {"metadata", "spec", "status"})
    spec_cursor(json::find(object, {name}), std::string(name), faults).object();
  spec_cursor(json::find(object, {"metadata", "annotations"}),
              "metadata.annotations", faults)
      .texts();
}

/// Returns the bytes that other annotations leave for ours.
size_t room_for_kept_spec(const json::value& object) {
  auto used = kept_spec_annotation.size();
  if (const auto* all = json::find(object, {"metadata", "annotations"});
      all != nullptr && all->IsObject())
    for (const auto& m : all->GetObject())
      if (view(m.name) != kept_spec_annotation && m.value.IsString())
        used += m.name.GetStringLength() + m.value.GetStringLength();
  return annotation_budget - std::min(used, annotation_budget);
}

/// Writes the annotations with `kept` as ours; nothing if there are no
/// annotations then.
void put_annotations(json::writer& out, const json::value* annotations,
                     const std::optional<std::string>& kept) {
  auto is_ours = [](const auto& m) {
    return view(m.name) == kept_spec_annotation;
  };
  auto none_of_others =
      annotations == nullptr || std::all_of(annotations->MemberBegin(),
                                            annotations->MemberEnd(), is_ours);
  if (none_of_others && !kept)
    return;
  json::put_object(out, "annotations", [&] {
    if (annotations != nullptr)
      for (const auto& m : annotations->GetObject())
        if (!is_ours(m))
          json::put_whole(out, view(m.name), &m.value);
    if (kept)
      json::put(out, kept_spec_annotation, *kept);
  });
}

void put_metadata(json::writer& out, const json::value& object,
                  const std::optional<std::string>& kept) {
  const auto* metadata = present(object, "metadata");
  json::put_object(out, "metadata", [&] {
    if (metadata != nullptr)
      for (const auto& m : metadata->GetObject())
        if (m.name != "annotations")
          json::put_whole(out, view(m.name), &m.value);
    put_annotations(
        out, metadata == nullptr ? nullptr : present(*metadata, "annotations"),
        kept);
  });
}

/// Writes what both versions have in common. Like the Go operator, adds an
/// empty status to an object without one.
void put_frame(json::writer& out, const json::value& object, test_version to,
               const std::optional<std::string>& kept) {
  json::put(out, "apiVersion", to_string(to));
  json::put(out, "kind", "LocustTest");
  put_metadata(out, object, kept);
  if (const auto* status = present(object, "status"))
    json::put_whole(out, "status", status);
  else
    json::put_object(out, "status", [] {});
}

result<void> put_as_v1(json::writer& out, const json::value& object) {
  const auto* spec = present(object, "spec");
  spec_faults faults;
  demand_objects(object, faults);
  flat_spec shown;
  if (spec != nullptr)
    shown = read_v2_spec(*spec, faults);
  if (!faults.empty())
    return outcome_of(std::move(faults));
  std::optional<std::string> kept;
  if (spec != nullptr)
    kept = kept_spec_text(*spec, shown, room_for_kept_spec(object));
  json::put_item(out, [&] {
    put_frame(out, object, test_version::v1, kept);
    if (spec != nullptr) {
      json::put_key(out, "spec");
      put_v1_spec(out, shown);
    }
  });
  return {};
}

result<void> put_as_v2(json::writer& out, const json::value& object) {
  spec_faults faults;
  demand_objects(object, faults);
  if (!faults.empty())
    return outcome_of(std::move(faults));
  auto spec = v2_spec_of(object);
  if (!spec)
    return tl::unexpected(std::move(spec.error()));
  json::put_item(out, [&] {
    put_frame(out, object, test_version::v2, std::nullopt);
    if (!spec->IsNull())
      json::put_whole(out, "spec", &*spec);
  });
  return {};
}

std::string quoted(const json::value& object, std::string_view name) {
  auto text = json::string_at(object, {name});
  if (!text)
    return "missing or not a string";
  return '"' + json::clean_text(*text, quote_limit) + '"';
}

} // namespace

std::string_view to_string(test_version version) {
  return version == test_version::v1 ? "locust.io/v1" : "locust.io/v2";
}

std::optional<test_version> parse_test_version(std::string_view api_version) {
  for (auto version : {test_version::v1, test_version::v2})
    if (api_version == to_string(version))
      return version;
  return std::nullopt;
}

result<test_version> version_of(const json::value& object) {
  if (!object.IsObject())
    return fail(errc::malformed, "it is not a JSON object");
  if (json::string_at(object, {"kind"}) != "LocustTest")
    return fail(errc::malformed, "kind must be \"LocustTest\", but it is " +
                                     quoted(object, "kind"));
  auto version = parse_test_version(json::text_at(object, {"apiVersion"}));
  if (!version)
    return fail(errc::malformed,
                "apiVersion must be locust.io/v1 or locust.io/v2, but it is " +
                    quoted(object, "apiVersion"));
  return *version;
}

result<void> convert_test(json::writer& out, const json::value& object,
                          test_version to) {
  auto from = version_of(object);
  if (!from)
    return tl::unexpected(std::move(from.error()));
  if (*from == to)
    return fail(errc::malformed, "it already has the desired version " +
                                     std::string(to_string(to)));
  return to == test_version::v1 ? put_as_v1(out, object)
                                : put_as_v2(out, object);
}

result<json::document> v2_spec_of(const json::value& v1_object) {
  const auto* spec = present(v1_object, "spec");
  if (spec == nullptr)
    return json::document();
  spec_faults faults;
  auto wanted = read_v1_spec(*spec, faults);
  if (!faults.empty())
    return fail(errc::malformed, std::move(faults.front()));
  auto annotation = json::string_at(
      v1_object, {"metadata", "annotations", kept_spec_annotation});
  auto kept = annotation ? read_kept_spec(*annotation) : std::nullopt;
  return nested_spec(wanted, kept ? &*kept : nullptr);
}

} // namespace locust
