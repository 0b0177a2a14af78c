#include "actors/conversion/conversion_review.hpp"
#include "random_objects.hpp"
#include "versions.hpp"

#include <ctime>

using namespace locust;

namespace {

std::string review_of(std::string_view objects,
                      std::string_view desired = "locust.io/v2") {
  return R"({"kind":"ConversionReview",
             "apiVersion":"apiextensions.k8s.io/v1",
             "request":{"uid":"u-1","desiredAPIVersion":")" +
         std::string(desired) + R"(","objects":[)" + std::string(objects) +
         "]}}";
}

std::string v1_object(std::string_view name, std::string_view spec = "{}") {
  return R"({"apiVersion":"locust.io/v1","kind":"LocustTest",
             "metadata":{"namespace":"demo","name":")" +
         std::string(name) + R"("},"spec":)" + std::string(spec) + "}";
}

/// Returns the content of the response; requires status 200.
std::string response_to(std::string_view body) {
  auto answer = answer_conversion_review(body);
  BOOST_TEST_REQUIRE(answer.status == 200);
  BOOST_TEST(answer.content_type == "application/json");
  auto review = json::parse(answer.body).value();
  BOOST_TEST(review.MemberCount() == 3u);
  BOOST_TEST(json::text_at(review, {"kind"}) == "ConversionReview");
  BOOST_TEST(json::text_at(review, {"apiVersion"}) ==
             "apiextensions.k8s.io/v1");
  return json::dump_canonical(*json::find(review, {"response"}));
}

std::string failure(std::string_view message, std::string_view uid = "u-1") {
  return R"({"convertedObjects":[],"result":{"message":)" + quoted(message) +
         R"(,"status":"Failure"},"uid":")" + std::string(uid) + "\"}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(conversion_reviews)

BOOST_AUTO_TEST_CASE(objects_come_back_in_the_order_of_the_request) {
  auto response =
      json::parse(response_to(review_of(v1_object("b") + ',' + v1_object("a") +
                                        ',' + v1_object("c"))))
          .value();
  BOOST_TEST(json::text_at(response, {"uid"}) == "u-1");
  BOOST_TEST(json::text_at(response, {"result", "status"}) == "Success");
  BOOST_TEST(json::find(response, {"result", "message"}) == nullptr);
  std::string names;
  for (const auto& object : response["convertedObjects"].GetArray()) {
    BOOST_TEST(json::text_at(object, {"apiVersion"}) == "locust.io/v2");
    names += json::text_at(object, {"metadata", "name"});
  }
  BOOST_TEST(names == "bac");
}

BOOST_AUTO_TEST_CASE(no_objects_are_converted_to_no_objects) {
  auto nothing =
      R"({"convertedObjects":[],"result":{"status":"Success"},"uid":"u"})";
  for (std::string_view objects :
       {R"(,"objects":[])", R"(,"objects":null)", ""})
    BOOST_TEST(response_to(R"({"request":{"uid":"u",
                               "desiredAPIVersion":"locust.io/v1")" +
                           std::string(objects) + "}}") == nothing);
}

BOOST_AUTO_TEST_CASE(one_bad_object_fails_them_all_and_is_named) {
  struct bad_row {
    std::string_view object;
    std::string_view message;
  };
  for (auto [object, message] : std::initializer_list<bad_row>{
           {R"({"apiVersion":"locust.io/v1","kind":"Foo",
                "metadata":{"namespace":"n","name":"x"}})",
            "cannot convert n/x (request.objects[1]) to locust.io/v2: kind "
            "must be \"LocustTest\", but it is \"Foo\""},
           {R"({"apiVersion":"locust.io/v1",
                "metadata":{"namespace":"n","name":"x"}})",
            "cannot convert n/x (request.objects[1]) to locust.io/v2: kind "
            "must be \"LocustTest\", but it is missing or not a string"},
           {R"({"apiVersion":"locust.io/v3","kind":"LocustTest",
                "metadata":{"namespace":"n","name":"x"}})",
            "cannot convert n/x (request.objects[1]) to locust.io/v2: "
            "apiVersion must be locust.io/v1 or locust.io/v2, but it is "
            "\"locust.io/v3\""},
           {R"({"apiVersion":"locust.io/v2","kind":"LocustTest",
                "metadata":{"namespace":"n","name":"x"}})",
            "cannot convert n/x (request.objects[1]) to locust.io/v2: it "
            "already has "
            "the desired version locust.io/v2"},
           {R"({"apiVersion":"locust.io/v1","kind":"LocustTest",
                "metadata":{"namespace":"n","name":"x"},
                "spec":{"workerReplicas":"7"}})",
            "cannot convert n/x (request.objects[1]) to locust.io/v2: "
            "spec.workerReplicas must be a 32-bit integer, but it is a string"},
           {R"({"apiVersion":"locust.io/v1","kind":"LocustTest",
                "metadata":[]})",
            "cannot convert / (request.objects[1]) to locust.io/v2: metadata "
            "must be an object, but it is a list"},
           {"7", "cannot convert / (request.objects[1]) to locust.io/v2: it is "
                 "not a JSON object"}})
    BOOST_TEST(
        response_to(review_of(v1_object("a") + ',' + std::string(object) + ',' +
                              v1_object("c"))) == failure(message));
}

BOOST_AUTO_TEST_CASE(wrong_types_are_named_by_their_path_in_both_versions) {
  struct type_row {
    test_version from;
    std::string_view spec;
    std::string_view path;
  };
  for (auto [from, spec, path] : std::initializer_list<type_row>{
           {test_version::v1, R"([])", "spec"},
           {test_version::v1, R"({"image":1})", "spec.image"},
           {test_version::v1, R"({"imagePullPolicy":1})",
            "spec.imagePullPolicy"},
           {test_version::v1, R"({"imagePullSecrets":[{}]})",
            "spec.imagePullSecrets[0]"},
           {test_version::v1, R"({"masterCommandSeed":[]})",
            "spec.masterCommandSeed"},
           {test_version::v1, R"({"workerCommandSeed":true})",
            "spec.workerCommandSeed"},
           {test_version::v1, R"({"workerReplicas":1.5})",
            "spec.workerReplicas"},
           {test_version::v1, R"({"workerReplicas":9999999999})",
            "spec.workerReplicas"},
           {test_version::v1, R"({"configMap":{}})", "spec.configMap"},
           {test_version::v1, R"({"libConfigMap":1})", "spec.libConfigMap"},
           {test_version::v1, R"({"labels":[]})", "spec.labels"},
           {test_version::v1, R"({"labels":{"master":{"a":1}}})",
            R"(spec.labels.master["a"])"},
           {test_version::v1, R"({"annotations":{"worker":"x"}})",
            "spec.annotations.worker"},
           {test_version::v1, R"({"affinity":{"nodeAffinity":[]}})",
            "spec.affinity.nodeAffinity"},
           {test_version::v1, R"({"tolerations":{}})", "spec.tolerations"},
           {test_version::v1, R"({"tolerations":[{"key":1}]})",
            "spec.tolerations[0].key"},
           {test_version::v2, R"("x")", "spec"},
           {test_version::v2, R"({"master":[]})", "spec.master"},
           {test_version::v2, R"({"master":{"command":1}})",
            "spec.master.command"},
           {test_version::v2, R"({"worker":{"replicas":"1"}})",
            "spec.worker.replicas"},
           {test_version::v2, R"({"worker":{"labels":{"a":[]}}})",
            R"(spec.worker.labels["a"])"},
           {test_version::v2, R"({"imagePullSecrets":["x"]})",
            "spec.imagePullSecrets[0]"},
           {test_version::v2, R"({"testFiles":{"configMapRef":1}})",
            "spec.testFiles.configMapRef"},
           {test_version::v2, R"({"scheduling":{"tolerations":[1]}})",
            "spec.scheduling.tolerations[0]"},
           {test_version::v2, R"({"scheduling":{"affinity":{"nodeAffinity":
             {"requiredDuringSchedulingIgnoredDuringExecution":
             {"nodeSelectorTerms":[{"matchExpressions":[{"values":1}]}]}}}}})",
            "spec.scheduling.affinity.nodeAffinity."
            "requiredDuringSchedulingIgnoredDuringExecution."
            "nodeSelectorTerms[0].matchExpressions[0].values"}}) {
    auto to = from == test_version::v1 ? test_version::v2 : test_version::v1;
    auto outcome = converted(object_with(from, spec), to);
    BOOST_TEST_REQUIRE(!outcome.has_value(), spec);
    BOOST_TEST(
        outcome.error().message.starts_with(std::string(path) + " must be "),
        outcome.error().message);
  }
}

BOOST_AUTO_TEST_CASE(the_frame_of_an_object_is_checked_too) {
  for (auto [object, message] : std::initializer_list<row>{
           {R"({"apiVersion":"locust.io/v1","kind":"LocustTest","status":7})",
            "status must be an object, but it is 7"},
           {R"({"apiVersion":"locust.io/v1","kind":"LocustTest",
                "metadata":{"annotations":[]}})",
            "metadata.annotations must be an object, but it is a list"},
           {R"({"apiVersion":"locust.io/v1","kind":"LocustTest",
                "metadata":{"annotations":{"locust.io/v2-spec":{}}}})",
            "metadata.annotations[\"locust.io/v2-spec\"] must be a string, but "
            "it is an object"}})
    BOOST_TEST(converted(object, test_version::v2).error().message == message);
}

BOOST_AUTO_TEST_CASE(unknown_versions_are_failures) {
  for (std::string_view desired : {"", "locust.io/v3", "v1", "apps/v1"})
    BOOST_TEST(response_to(review_of(v1_object("a"), desired)) ==
               failure("request.desiredAPIVersion must be locust.io/v1 or "
                       "locust.io/v2, but it is \"" +
                       std::string(desired) + '"'));
}

BOOST_AUTO_TEST_CASE(the_uid_is_echoed_as_it_is) {
  auto body = R"({"request":{"uid":"\u0000\"\\ \ud83d\udc1d",
                  "desiredAPIVersion":"locust.io/v1"}})";
  auto review = json::parse(answer_conversion_review(body).body).value();
  BOOST_TEST(json::text_at(review, {"response", "uid"}) ==
             std::string("\0\"\\ \U0001f41d", 8));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_a_review_is_refused_with_a_reason) {
  using namespace std::literals;
  for (auto [body, reason] : std::initializer_list<row>{
           {"", "it is empty"},
           {"{", "not valid JSON at byte 1: Missing a name for object member."},
           {"{}\0"sv, "not valid JSON at byte 2: The document root must not be "
                      "followed by other values."},
           {"[]", "it must be a JSON object"},
           {"null", "it must be a JSON object"},
           {"{}", "request is missing or not an object"},
           {R"({"request":null})", "request is missing or not an object"},
           {R"({"request":[]})", "request is missing or not an object"},
           {R"({"response":{}})", "request is missing or not an object"},
           {R"({"request":{}})", "request.uid is missing or not a string"},
           {R"({"request":{"uid":7}})",
            "request.uid is missing or not a string"},
           {R"({"request":{"uid":""}})",
            "request.uid is missing or not a string"},
           {R"({"kind":"AdmissionReview","request":{"uid":"u"}})",
            "kind must be ConversionReview, but it is \"AdmissionReview\""},
           {R"({"apiVersion":"apiextensions.k8s.io/v1beta1",
                "request":{"uid":"u"}})",
            "apiVersion must be apiextensions.k8s.io/v1, but it is "
            "\"apiextensions.k8s.io/v1beta1\""},
           {R"({"request":{"uid":"u","desiredAPIVersion":"locust.io/v1",
                           "objects":{}}})",
            "request.objects must be a list"}}) {
    auto answer = answer_conversion_review(body);
    BOOST_TEST(answer.status == 400, body);
    BOOST_TEST(answer.content_type == "text/plain; charset=utf-8");
    BOOST_TEST(answer.body == "The body is not a valid ConversionReview: " +
                                  std::string(reason) + '\n');
  }
}

BOOST_AUTO_TEST_CASE(hostile_bodies_do_no_harm) {
  auto deep = [](std::string_view open, size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i)
      text += open;
    return text;
  };
  for (const auto& body :
       {deep("[", 1'000'000), deep("{\"a\":", 1'000'000),
        review_of(v1_object("a", deep("[", 100'000))), std::string("\xff\xfe"),
        review_of("\"\xc3\x28\""), review_of("1e999"), review_of("-"),
        std::string(1000, '\0'), review_of("\"\\ud800\"")})
    BOOST_TEST(answer_conversion_review(body).status == 400);
  auto nested = v1_object("a", deep("{\"a\":", 400) + "1" + deep("}", 400));
  BOOST_TEST(answer_conversion_review(review_of(nested)).status == 200);
  auto twice = v1_object("a", R"({"image":"a","image":"b"})");
  BOOST_TEST(answer_conversion_review(review_of(twice)).status == 200);
}

BOOST_AUTO_TEST_CASE(any_change_of_a_byte_gets_an_answer) {
  std::mt19937_64 random(1);
  auto v2 = R"({"apiVersion":"locust.io/v2","kind":"LocustTest",
                "metadata":{"name":"t","annotations":{"a":"b"}},
                "spec":{"image":"i","master":{"command":"m","labels":{"a":"b"}},
                "scheduling":{"tolerations":[{"key":"k"}]}}})";
  for (const auto& good :
       {review_of(v2, "locust.io/v1"),
        review_of(v1_object("a", R"({"image":"i","workerReplicas":1})"))})
    for (int i = 0; i < 5000; ++i) {
      auto body = good;
      for (auto left = 1 + random() % 3; left > 0; --left)
        body[random() % body.size()] = static_cast<char>(random());
      auto answer = answer_conversion_review(body);
      BOOST_TEST_REQUIRE((answer.status == 200 || answer.status == 400));
      if (answer.status == 200)
        BOOST_TEST_REQUIRE(json::parse(answer.body).has_value());
    }
}

BOOST_AUTO_TEST_CASE(thousands_of_objects_take_time_in_proportion) {
  auto time_for = [](int count) {
    std::string objects;
    for (int i = 0; i < count; ++i)
      objects +=
          (i == 0 ? "" : ",") + converted(v1_object("t" + std::to_string(i),
                                                    R"({"image":"i","labels":
                                         {"master":{"a":"b"}},
                                         "masterCommandSeed":"m",
                                         "configMap":"c"})"),
                                          test_version::v2)
                                    .value();
    auto body = review_of(objects, "locust.io/v1");
    // Processor time, because the machine may be busy.
    auto begin = std::clock();
    auto answer = answer_conversion_review(body);
    BOOST_TEST_REQUIRE(answer.status == 200);
    return std::clock() - begin;
  };
  time_for(500); // warms up
  auto few = time_for(500);
  auto many = time_for(5000);
  BOOST_TEST_MESSAGE("5000 objects: " << many * 1000 / CLOCKS_PER_SEC << " ms");
  BOOST_TEST(many < 40 * few);
}

BOOST_AUTO_TEST_SUITE_END()
