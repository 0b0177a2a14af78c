#include "actors/admission/admission_review.hpp"
#include "protocol/json.hpp"
#include "test/unit/conversion/random_objects.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

using namespace locust;

namespace {

constexpr std::string_view good_spec =
    R"({"image":"i","master":{"command":"-t 1m"},
        "worker":{"command":"w","replicas":1}})";
constexpr std::string_view bad_spec =
    R"({"image":"","master":{"command":"-t 1m"},
        "worker":{"command":"w","replicas":1}})";
constexpr std::string_view v1_spec =
    R"({"image":"","masterCommandSeed":"-t 1m","workerCommandSeed":"w",
        "workerReplicas":1})";

constexpr std::string_view bad_image =
    R"(image \"\" (spec.image) must be an image name without leading or trailing spaces)";

std::string object_of(std::string_view spec, std::string_view version = "v2",
                      std::string_view metadata = {},
                      std::string_view rest = {}) {
  return R"({"apiVersion":"locust.io/)" + std::string(version) +
         R"(","kind":"LocustTest","metadata":{"name":"t")" +
         std::string(metadata) + R"(},"spec":)" + std::string(spec) +
         std::string(rest) + "}";
}

std::string review_of(std::string_view operation, std::string_view object,
                      std::string_view rest = {}) {
  return R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1",
             "request":{"uid":"u-1",
             "resource":{"group":"locust.io","version":"v2",
                         "resource":"locusttests"},
             "operation":")" +
         std::string(operation) + R"(","object":)" + std::string(object) +
         std::string(rest) + "}}";
}

std::string update(std::string_view object, std::string_view old) {
  return review_of("UPDATE", object, R"(,"oldObject":)" + std::string(old));
}

/// Returns the response without the uid; requires status 200 and the uid.
std::string response_to(std::string_view body,
                        const operator_settings& settings = {}) {
  auto answer = answer_admission_review(body, settings);
  BOOST_TEST_REQUIRE(answer.status == 200);
  BOOST_TEST(answer.content_type == "application/json");
  auto review = json::parse(answer.body).value();
  BOOST_TEST(review.MemberCount() == 3u);
  BOOST_TEST(json::text_at(review, {"kind"}) == "AdmissionReview");
  BOOST_TEST(json::text_at(review, {"apiVersion"}) == "admission.k8s.io/v1");
  auto& response = review["response"];
  BOOST_TEST(json::text_at(response, {"uid"}) == "u-1");
  response.RemoveMember("uid");
  return json::dump_canonical(response);
}

const std::string allowed = R"({"allowed":true,"status":{"code":200}})";

std::string refused(std::string_view message) {
  return R"({"allowed":false,"status":{"code":403,"message":")" +
         std::string(message) + R"(","reason":"Forbidden"}})";
}

std::string unreadable(std::string_view why) {
  return R"({"allowed":false,"status":{"code":400,"message":"cannot read the )"
         R"(object: )" +
         std::string(why) + R"(","reason":"BadRequest"}})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(admission_reviews)

BOOST_AUTO_TEST_CASE(good_objects_are_allowed_and_bad_ones_refused) {
  for (std::string_view operation : {"CREATE", "UPDATE"}) {
    BOOST_TEST(response_to(review_of(operation, object_of(good_spec))) ==
               allowed);
    BOOST_TEST(response_to(review_of(operation, object_of(bad_spec))) ==
               refused(bad_image));
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_has_all_violations_in_one_message) {
  auto spec = R"({"image":"","master":{"command":"'"},
                  "worker":{"command":"w","replicas":1}})";
  BOOST_TEST(response_to(review_of("CREATE", object_of(spec))) ==
             refused("spec.master.command cannot be split: the single quote at "
                     "column 1 (byte 0) is not closed; " +
                     std::string(bad_image)));
}

BOOST_AUTO_TEST_CASE(warnings_come_with_either_answer) {
  auto spec = [](std::string_view image) {
    return R"({"image":")" + std::string(image) +
           R"(","master":{"command":"-t 1m","autostart":false},
              "worker":{"command":"w","replicas":1}})";
  };
  auto warning = R"("warnings":["spec.master.autoquit is ignored: without )"
                 R"(autostart Locust refuses --autoquit"])";
  BOOST_TEST(response_to(review_of("CREATE", object_of(spec("i")))) ==
             R"({"allowed":true,"status":{"code":200},)" +
                 std::string(warning) + "}");
  BOOST_TEST(response_to(review_of("CREATE", object_of(spec("")))) ==
             R"({"allowed":false,"status":{"code":403,"message":")" +
                 std::string(bad_image) + R"(","reason":"Forbidden"},)" +
                 warning + "}");
}

BOOST_AUTO_TEST_CASE(the_settings_of_the_operator_count) {
  operator_settings settings;
  settings.exporter.port = 5557;
  auto response =
      response_to(review_of("CREATE", object_of(good_spec)), settings);
  BOOST_TEST(response.find("METRICS_EXPORTER_PORT") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(v1_is_converted_and_judged) {
  auto message = std::string(bad_image) + " (in terms of locust.io/v2)";
  BOOST_TEST(response_to(review_of("CREATE", object_of(v1_spec, "v1"))) ==
             refused(message));
  // As the API server sends it when the webhook rule only has v2.
  BOOST_TEST(response_to(review_of("CREATE", object_of(bad_spec),
                                   R"(,"requestKind":{"group":"locust.io",
                                        "version":"v1",
                                        "kind":"LocustTest"})")) ==
             refused(message));
  auto good = std::string(v1_spec);
  good.replace(good.find("\"\""), 2, "\"i\"");
  BOOST_TEST(response_to(review_of("CREATE", object_of(good, "v1"))) ==
             allowed);
}

BOOST_AUTO_TEST_CASE(a_command_of_v1_is_named_as_v1_does) {
  auto spec = R"({"image":"i","masterCommandSeed":"'","workerCommandSeed":"",
                  "workerReplicas":1})";
  BOOST_TEST(response_to(review_of("CREATE", object_of(spec, "v1"))) ==
             refused("spec.master.command cannot be split: the single quote at "
                     "column 1 (byte 0) is not closed (in terms of "
                     "locust.io/v2, where spec.masterCommandSeed is "
                     "spec.master.command)"));
}

BOOST_AUTO_TEST_CASE(an_object_without_a_spec_is_told_so) {
  for (std::string version : {"v2", "v1"}) {
    auto object = R"({"apiVersion":"locust.io/)" + version +
                  R"(","kind":"LocustTest","metadata":{"name":"t"}})";
    auto response = response_to(review_of("CREATE", object));
    BOOST_TEST(response.find("\"spec is missing") != std::string::npos,
               response);
  }
}

BOOST_AUTO_TEST_CASE(what_v1_brings_along_of_v2_is_judged_too) {
  auto good = std::string(v1_spec);
  good.replace(good.find("\"\""), 2, "\"i\"");
  auto object = object_of(good, "v1",
                          R"(,"annotations":{"locust.io/v2-spec":
          "{\"volumes\":[{\"name\":\"locust-lib\"}]}"})");
  auto response = response_to(review_of("CREATE", object));
  BOOST_TEST(response.find("is reserved by the operator") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_update_that_leaves_the_spec_alone_is_allowed) {
  auto labelled = object_of(bad_spec, "v2", R"(,"labels":{"a":"b"})");
  BOOST_TEST(response_to(update(labelled, object_of(bad_spec))) == allowed);
  // Equal except for the order of its members, in both versions.
  auto turned = R"({"worker":{"replicas":1,"command":"w"},
                    "master":{"command":"-t 1m"},"image":""})";
  BOOST_TEST(response_to(update(object_of(turned), object_of(bad_spec))) ==
             allowed);
  BOOST_TEST(response_to(update(object_of(v1_spec, "v1", R"(,"labels":{})"),
                                object_of(v1_spec, "v1"))) == allowed);
  auto without = R"({"apiVersion":"locust.io/v2","kind":"LocustTest",
                     "metadata":{"name":"t"}})";
  BOOST_TEST(response_to(update(without, without)) == allowed);
}

BOOST_AUTO_TEST_CASE(an_update_of_the_spec_is_judged_by_what_is_new) {
  auto other = std::string(bad_spec);
  other.replace(other.find("1m"), 2, "2m");
  BOOST_TEST(response_to(update(object_of(other), object_of(bad_spec))) ==
             refused(bad_image));
  BOOST_TEST(response_to(update(object_of(good_spec), object_of(bad_spec))) ==
             allowed);
  for (std::string_view old : {"null", "7", "{}"})
    BOOST_TEST(response_to(update(object_of(bad_spec), old)) ==
               refused(bad_image));
  // Only an UPDATE has an old object that matters.
  BOOST_TEST(response_to(review_of("CREATE", object_of(bad_spec),
                                   R"(,"oldObject":)" + object_of(bad_spec))) ==
             refused(bad_image));
}

BOOST_AUTO_TEST_CASE(an_edit_during_a_run_gets_a_warning) {
  auto other = std::string(good_spec);
  other.replace(other.find("1m"), 2, "2m");
  auto running = object_of(other, "v2", {}, R"(,"status":{"phase":"Running"})");
  BOOST_TEST(response_to(update(running, object_of(good_spec))) ==
             R"({"allowed":true,"status":{"code":200},"warnings":["the run )"
             R"(continues with its original spec: to run this spec, )"
             R"(delete and recreate the LocustTest"]})");
  BOOST_TEST(response_to(update(object_of(other), object_of(good_spec))) ==
             allowed);
}

BOOST_AUTO_TEST_CASE(an_object_that_is_being_deleted_is_allowed) {
  auto deleting = R"(,"deletionTimestamp":"2026-01-02T03:04:05Z")";
  BOOST_TEST(response_to(update(object_of(bad_spec, "v2", deleting),
                                object_of(good_spec))) == allowed);
  BOOST_TEST(response_to(update(object_of("7", "v1", deleting),
                                object_of(good_spec))) == allowed);
}

BOOST_AUTO_TEST_CASE(what_is_not_ours_is_allowed) {
  for (std::string_view operation : {"DELETE", "CONNECT"})
    BOOST_TEST(response_to(review_of(operation, "null")) == allowed);
  auto other = [](std::string_view resource, std::string_view rest = {}) {
    return R"({"request":{"uid":"u-1","operation":"CREATE","resource":)" +
           std::string(resource) + R"(,"object":{"kind":"Pod"})" +
           std::string(rest) + "}}";
  };
  BOOST_TEST(response_to(other(R"({"group":"","resource":"pods"})")) ==
             allowed);
  BOOST_TEST(response_to(other(R"({"group":"apps",
                                   "resource":"locusttests"})")) == allowed);
  BOOST_TEST(response_to(other(R"({"group":"locust.io",
                                   "resource":"locusttests"})",
                               R"(,"subResource":"status")")) == allowed);
}

BOOST_AUTO_TEST_CASE(an_object_that_cannot_be_read_is_refused) {
  struct bad_row {
    std::string_view object;
    std::string_view why;
  };
  for (auto [object, why] : std::initializer_list<bad_row>{
           {"null", "it is not a JSON object"},
           {"[]", "it is not a JSON object"},
           {R"({"kind":"Pod","apiVersion":"v1"})",
            R"(kind must be \"LocustTest\", but it is \"Pod\")"},
           {R"({"kind":"LocustTest"})",
            "apiVersion must be locust.io/v1 or locust.io/v2, but it is "
            "missing or not a string"},
           {R"({"kind":"LocustTest","apiVersion":"locust.io/v3"})",
            "apiVersion must be locust.io/v1 or locust.io/v2, but it is "
            R"(\"locust.io/v3\")"},
           {R"({"kind":"LocustTest","apiVersion":"locust.io/v1",
                "spec":{"image":5}})",
            "spec.image must be a string, but it is 5"}})
    BOOST_TEST(response_to(review_of("CREATE", object)) == unreadable(why));
  BOOST_TEST(response_to(R"({"request":{"uid":"u-1","operation":"CREATE"}})") ==
             unreadable("it is missing"));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_a_review_is_refused_with_a_reason) {
  struct bad_row {
    std::string_view body;
    std::string_view reason;
  };
  for (auto [body, reason] : std::initializer_list<bad_row>{
           {"", "it is empty"},
           {"[]", "it must be a JSON object"},
           {"{}", "request is missing or not an object"},
           {R"({"request":{"operation":"CREATE"}})",
            "request.uid is missing or not a string"},
           {R"({"kind":"ConversionReview","request":{"uid":"u"}})",
            "kind must be AdmissionReview, but it is \"ConversionReview\""},
           {R"({"apiVersion":"admission.k8s.io/v1beta1","request":{}})",
            "apiVersion must be admission.k8s.io/v1, but it is "
            "\"admission.k8s.io/v1beta1\""},
           {R"({"request":{"uid":"u"}})",
            "request.operation must be CREATE, UPDATE, DELETE or CONNECT"},
           {R"({"request":{"uid":"u","operation":"create"}})",
            "request.operation must be CREATE, UPDATE, DELETE or CONNECT"},
           {R"({"request":{"uid":"u","operation":1}})",
            "request.operation must be CREATE, UPDATE, DELETE or CONNECT"}}) {
    auto answer = answer_admission_review(body, {});
    BOOST_TEST(answer.status == 400, body);
    BOOST_TEST(answer.content_type == "text/plain; charset=utf-8");
    BOOST_TEST(answer.body == "The body is not a valid AdmissionReview: " +
                                  std::string(reason) + '\n');
  }
}

BOOST_AUTO_TEST_CASE(hostile_bodies_do_no_harm) {
  std::string deep = "1";
  for (int i = 0; i < 400; ++i)
    deep = "{\"a\":" + deep + "}";
  BOOST_TEST(answer_admission_review(
                 update(object_of(deep), object_of(deep, "v1")), {})
                 .status == 200);
  for (const auto& body :
       {std::string(1'000'000, '['), std::string("\xff"),
        std::string(1000, '\0'), review_of("CREATE", "1e999")})
    BOOST_TEST(answer_admission_review(body, {}).status == 400);
  auto twice = R"({"image":"a","image":7,"master":{},"master":[]})";
  BOOST_TEST(answer_admission_review(review_of("CREATE", object_of(twice)), {})
                 .status == 200);
}

BOOST_AUTO_TEST_CASE(any_change_of_a_byte_gets_an_answer) {
  std::mt19937_64 random(1);
  auto spec = R"({"image":"i","master":{"command":"m 'n' \"o\"",
                  "labels":{"a":"b"},"extraArgs":["-x"]},
                  "worker":{"command":"w","replicas":1},
                  "env":{"secretMounts":[{"name":"s","mountPath":"/k"}],
                         "variables":[{"name":"A"}]},
                  "volumes":[{"name":"v"}],
                  "volumeMounts":[{"name":"v","mountPath":"/m"}],
                  "observability":{"openTelemetry":{"enabled":false}}})";
  for (const auto& good : {update(object_of(spec), object_of(good_spec)),
                           review_of("CREATE", object_of(v1_spec, "v1"))})
    for (int i = 0; i < 5000; ++i) {
      auto body = good;
      for (auto left = 1 + random() % 3; left > 0; --left)
        body[random() % body.size()] = static_cast<char>(random());
      auto answer = answer_admission_review(body, {});
      BOOST_TEST_REQUIRE((answer.status == 200 || answer.status == 400));
      if (answer.status == 200)
        BOOST_TEST_REQUIRE(json::parse(answer.body).has_value());
    }
}

BOOST_AUTO_TEST_CASE(objects_of_any_shape_get_an_answer) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    BOOST_TEST_INFO_SCOPE("seed " << seed);
    random_objects random(seed);
    auto object = random.one_in(2) ? random.v2_object() : random.v1_object();
    auto old = random.one_in(2) ? random.v2_object() : random.v1_object();
    random.damage(object);
    random.damage(old);
    auto answer = answer_admission_review(
        update(json::dump(object), json::dump(old)), {});
    BOOST_TEST_REQUIRE(answer.status == 200);
    BOOST_TEST_REQUIRE(json::parse(answer.body).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
