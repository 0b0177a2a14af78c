#pragma once

#include "actors/conversion/convert.hpp"
#include "actors/conversion/kept_spec.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

// Conversion of objects and of specs, as canonical text.

namespace locust {

/// Returns `text` with sorted members and no space.
inline std::string canonical(std::string_view text) {
  auto value = json::parse(text);
  BOOST_REQUIRE_MESSAGE(value.has_value(), text);
  return json::dump_canonical(*value);
}

inline result<std::string> converted(const json::value& object,
                                     test_version to) {
  json::string_buffer buffer;
  json::writer out(buffer);
  if (auto done = convert_test(out, object, to); !done)
    return tl::unexpected(done.error());
  return canonical(buffer.GetString());
}

inline result<std::string> converted(std::string_view object, test_version to) {
  auto value = json::parse(object);
  BOOST_REQUIRE_MESSAGE(value.has_value(), object);
  return converted(*value, to);
}

inline std::string object_with(test_version version, std::string_view spec,
                               std::string_view annotations = "{}") {
  return R"({"apiVersion":")" + std::string(to_string(version)) +
         R"(","kind":"LocustTest","metadata":{"name":"t","annotations":)" +
         std::string(annotations) + R"(},"spec":)" + std::string(spec) + "}";
}

inline std::string part(std::string_view object,
                        std::initializer_list<std::string_view> path) {
  auto value = json::parse(object).value();
  const auto* found = json::find(value, path);
  return found == nullptr ? "absent" : json::dump_canonical(*found);
}

/// Returns the v1 spec of a v2 spec.
inline std::string v1_of(std::string_view v2_spec) {
  auto object =
      converted(object_with(test_version::v2, v2_spec), test_version::v1);
  return object ? part(*object, {"spec"}) : object.error().message;
}

/// Returns the annotation of a v2 spec; "nothing" for none.
inline std::string kept_of(std::string_view v2_spec) {
  auto object =
      converted(object_with(test_version::v2, v2_spec), test_version::v1)
          .value();
  auto value = json::parse(object).value();
  auto text =
      json::string_at(value, {"metadata", "annotations", kept_spec_annotation});
  return text ? canonical(*text) : "nothing";
}

inline std::string quoted(std::string_view text) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return {buffer.GetString(), buffer.GetSize()};
}

/// Returns the v2 spec of a v1 spec with this annotation.
inline std::string v2_of(std::string_view v1_spec, std::string_view kept = {}) {
  auto annotations =
      kept.empty() ? "{}" : R"({"locust.io/v2-spec":)" + quoted(kept) + '}';
  auto object = converted(object_with(test_version::v1, v1_spec, annotations),
                          test_version::v2);
  return object ? part(*object, {"spec"}) : object.error().message;
}

struct row {
  std::string_view from;
  std::string_view to;
};

} // namespace locust
