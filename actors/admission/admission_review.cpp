#include "actors/admission/admission_review.hpp"

#include "actors/admission/rules.hpp"
#include "actors/conversion/convert.hpp"
#include "actors/conversion/review.hpp"

#include <optional>
#include <string>

namespace locust {

namespace {

constexpr review_kind kind = {.name = "AdmissionReview",
                              .api_version = "admission.k8s.io/v1"};

struct verdict {
  int code = 200;
  std::string_view reason;
  std::string message;
  std::vector<std::string> warnings;
};

/// The v2 spec of an object, which may have to be converted from v1.
struct v2_spec {
  json::document made;
  /// Points into the review otherwise; null for none.
  const json::value* given = nullptr;

  const json::value& get() const {
    return given != nullptr ? *given : made;
  }
};

result<v2_spec> read_spec(const json::value* object) {
  if (object == nullptr)
    return fail(errc::malformed, "it is missing");
  auto version = version_of(*object);
  if (!version)
    return tl::unexpected(std::move(version.error()));
  v2_spec spec;
  if (*version == test_version::v2) {
    spec.given = json::find(*object, {"spec"});
    return spec;
  }
  auto converted = v2_spec_of(*object);
  if (!converted)
    return tl::unexpected(std::move(converted.error()));
  spec.made = std::move(*converted);
  return spec;
}

bool is_operation(std::string_view word) {
  return word == "CREATE" || word == "UPDATE" || word == "DELETE" ||
         word == "CONNECT";
}

/// Whether this endpoint judges the request.
bool is_ours(const json::value& request, std::string_view operation) {
  auto is_or_absent = [&](std::initializer_list<std::string_view> path,
                          std::string_view expected) {
    return json::string_at(request, path).value_or(expected) == expected;
  };
  return is_or_absent({"resource", "group"}, "locust.io") &&
         is_or_absent({"resource", "resource"}, "locusttests") &&
         is_or_absent({"subResource"}, "") &&
         (operation == "CREATE" || operation == "UPDATE");
}

bool is_being_deleted(const json::value& object) {
  return json::string_at(object, {"metadata", "deletionTimestamp"}).has_value();
}

/// Returns the old spec of an UPDATE, if it exists and can be read.
std::optional<std::string> old_spec(const json::value& request) {
  if (json::string_at(request, {"operation"}) != "UPDATE")
    return std::nullopt;
  auto old = read_spec(json::find(request, {"oldObject"}));
  if (!old)
    return std::nullopt;
  return json::dump_canonical(old->get());
}

/// Objects of v1 arrive unchanged, or converted by the API server, which then
/// sets `requestKind`.
bool came_as_v1(const json::value& request) {
  return json::string_at(request, {"requestKind", "version"}) == "v1" ||
         json::string_at(request, {"object", "apiVersion"}) == "locust.io/v1";
}

/// Translates the commands, whose names of v1 do not resemble those of v2.
std::string v1_note(std::string_view message) {
  std::string note = " (in terms of locust.io/v2";
  for (std::string_view role : {"master", "worker"}) {
    auto field = "spec." + std::string(role) + ".command";
    if (message.find(field) != std::string_view::npos)
      note += ", where spec." + std::string(role) + "CommandSeed is " + field;
  }
  return note + ')';
}

bool has_run(const json::value& object) {
  return !json::text_at(object, {"status", "phase"}).empty();
}

verdict judge(const json::value& request, const operator_settings& settings) {
  const auto* object = json::find(request, {"object"});
  if (object != nullptr && is_being_deleted(*object))
    return {};
  auto spec = read_spec(object);
  if (!spec)
    return {.code = 400,
            .reason = "BadRequest",
            .message = "cannot read the object: " + spec.error().message,
            .warnings = {}};
  auto old = old_spec(request);
  if (old && *old == json::dump_canonical(spec->get()))
    return {};
  auto found = judge_test(json::text_at(*object, {"metadata", "name"}),
                          spec->get(), settings);
  if (old && has_run(*object))
    found.warning("the run continues with its original spec: to run this spec, "
                  "delete and recreate the LocustTest");
  auto message = found.refusal();
  if (message.empty())
    return {
        .code = 200, .reason = {}, .message = {}, .warnings = found.warnings()};
  if (came_as_v1(request))
    message += v1_note(message);
  return {.code = 403,
          .reason = "Forbidden",
          .message = std::move(message),
          .warnings = found.warnings()};
}

void put_verdict(json::writer& out, const verdict& v) {
  json::put_flag(out, "allowed", v.code == 200);
  json::put_object(out, "status", [&] {
    json::put_number(out, "code", v.code);
    json::put_unless_empty(out, "reason", v.reason);
    json::put_unless_empty(out, "message", v.message);
  });
  if (!v.warnings.empty())
    json::put_list(out, "warnings", [&] {
      for (const auto& text : v.warnings)
        json::put(out, text);
    });
}

} // namespace

http_answer answer_admission_review(std::string_view body,
                                    const operator_settings& settings) {
  auto review = read_review(body, kind);
  if (!review)
    return refuse_review(review.error());
  auto operation = json::text_at(*review->request, {"operation"});
  if (!is_operation(operation))
    return refuse_review({.message = "The body is not a valid AdmissionReview: "
                                     "request.operation must be "
                                     "CREATE, UPDATE, DELETE or CONNECT"});
  verdict v;
  if (is_ours(*review->request, operation))
    v = judge(*review->request, settings);
  return answer_review(kind, review->uid,
                       [&](json::writer& out) { put_verdict(out, v); });
}

} // namespace locust
