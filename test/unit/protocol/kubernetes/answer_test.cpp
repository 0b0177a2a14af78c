#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/failure_text.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

BOOST_AUTO_TEST_SUITE(answer_suite)

BOOST_AUTO_TEST_CASE(each_http_status_has_a_class) {
  struct row {
    int status;
    answer_class what;
    bool transient;
  };
  for (const auto& [status, what, transient] :
       std::initializer_list<row>{{0, answer_class::no_answer, true},
                                  {100, answer_class::no_answer, true},
                                  {200, answer_class::success, false},
                                  {201, answer_class::success, false},
                                  {302, answer_class::no_answer, true},
                                  {400, answer_class::invalid, false},
                                  {401, answer_class::unauthorized, false},
                                  {403, answer_class::forbidden, false},
                                  {404, answer_class::not_found, false},
                                  {405, answer_class::invalid, false},
                                  {408, answer_class::unavailable, true},
                                  {409, answer_class::conflict, false},
                                  {410, answer_class::expired, false},
                                  {413, answer_class::invalid, false},
                                  {415, answer_class::invalid, false},
                                  {422, answer_class::invalid, false},
                                  {429, answer_class::throttled, true},
                                  {500, answer_class::unavailable, true},
                                  {503, answer_class::unavailable, true},
                                  {504, answer_class::unavailable, true}}) {
    BOOST_TEST((class_of(status) == what), status);
    BOOST_TEST(is_transient(class_of(status)) == transient, status);
    BOOST_TEST(is_success(answer(status)) == (what == answer_class::success),
               status);
  }
}

BOOST_AUTO_TEST_CASE(the_http_status_is_the_code_whatever_the_body_says) {
  auto said = status_of(
      answer(403, R"({"kind":"Status","reason":"Forbidden","code":200})"));
  BOOST_TEST(said.code == 403);
  BOOST_TEST(said.reason == "Forbidden");
}

BOOST_AUTO_TEST_CASE(the_beginning_of_another_body_is_the_message) {
  auto said = status_of(answer(502, "<html>\xff" + std::string(5000, 'x')));
  BOOST_TEST(said.code == 502);
  BOOST_TEST(said.message.starts_with("<html>?xx"));
  BOOST_TEST(said.message.size() == status_object::longest_message);
  BOOST_TEST(said.reason.empty());
  BOOST_TEST(status_of(answer(503, "")).message.empty());
  BOOST_TEST(status_of(answer(500, R"({"message":7})")).message ==
             R"({"message":7})");
}

BOOST_AUTO_TEST_CASE(the_longer_of_both_waits_counts) {
  auto busy =
      answer(429, R"({"kind":"Status","details":{"retryAfterSeconds":3}})");
  BOOST_TEST((status_of(busy).retry_after == 3s));
  busy.retry_after = 2s;
  BOOST_TEST((status_of(busy).retry_after == 3s));
  busy.retry_after = 4s;
  BOOST_TEST((status_of(busy).retry_after == 4s));
  busy.retry_after = 24h;
  BOOST_TEST((status_of(busy).retry_after == status_object::longest_wait));
  auto other = answer(503);
  other.retry_after = 0s;
  BOOST_TEST(!status_of(other).retry_after.has_value());
}

BOOST_AUTO_TEST_CASE(a_failure_has_a_description) {
  BOOST_TEST(in_words(answer(0)) == "connection reset");
  BOOST_TEST(in_words(answer(403, R"({"message":"no verb patch"})")) ==
             "403 no verb patch");
  BOOST_TEST(in_words(answer(500)) == "500");
  BOOST_TEST(in_words(no_answer("too late")) == "too late");
}

BOOST_AUTO_TEST_CASE(an_answer_may_have_no_body) {
  api_response bare;
  bare.status = 500;
  BOOST_TEST(body_of(bare).empty());
  BOOST_TEST(status_of(bare).code == 500);
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_missing_permission) {
  auto said = [](std::string_view verb, const api_object& x) {
    return describe_failure(verb, x,
                            answer(403, R"({"message":"user \"u\" cannot"})"));
  };
  const api_object crd{resources::custom_resource_definitions, "", "a.b"};
  const api_object secret{resources::secrets, "ns", "certs"};
  BOOST_TEST(said("patch", crd) ==
             "not permitted to patch CustomResourceDefinition \"a.b\": user "
             "\"u\" cannot; grant verb 'patch' on resource "
             "'customresourcedefinitions' in API group 'apiextensions.k8s.io' "
             "with resourceName 'a.b' to the operator's service account with a "
             "ClusterRole");
  BOOST_TEST(said("create", secret) ==
             "not permitted to create Secret \"ns/certs\": user \"u\" cannot; "
             "grant verb 'create' on resource 'secrets' in API group '' to the "
             "operator's service account with a Role in namespace 'ns'");
}

BOOST_AUTO_TEST_CASE(other_failures_are_described_with_their_cause) {
  const api_object secret{resources::secrets, "ns", "certs"};
  BOOST_TEST(describe_failure("get", secret, answer(0)) ==
             "cannot get Secret \"ns/certs\": connection reset");
  BOOST_TEST(describe_failure("get", secret, answer(500, "oops")) ==
             "the API server answered 500 to get Secret \"ns/certs\": oops");
}

BOOST_AUTO_TEST_SUITE_END()
