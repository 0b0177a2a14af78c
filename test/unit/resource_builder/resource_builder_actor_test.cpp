#include "actors/resource_builder/resource_builder_actor.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using outcome = child_result::outcome;

BOOST_TEST_DONT_PRINT_LOG_VALUE(locust::child_result::outcome)
BOOST_TEST_DONT_PRINT_LOG_VALUE(locust::http_verb)
BOOST_TEST_DONT_PRINT_LOG_VALUE(locust::lane)

namespace {

shared_text shared(std::string value) {
  return std::make_shared<const std::string>(std::move(value));
}

api_response answer(int status, std::string body) {
  api_response response;
  response.status = status;
  response.body = shared(std::move(body));
  return response;
}

build_child order(child_kind child,
                  const std::string& master_command = "-f a.py") {
  build_child x;
  x.test = {"perf", "shop.load"};
  x.test_uid = "me";
  x.child = child;
  x.spec = shared(R"({"image":"i","master":{"command":")" + master_command +
                  R"("},"worker":{"command":"-f a.py","replicas":2}})");
  return x;
}

struct fixture : test::actor_fixture {
  test::mock<api_client_actor> api{*this};
  resource_builder_actor builder = keep(spawn_resource_builder(
      system, api, std::make_shared<const operator_settings>()));

  auto build(build_child x) {
    return ask<child_result>(builder, std::move(x));
  }

  const api_request& last() {
    return api.received<api_request>().back();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(resource_builder, fixture)

BOOST_AUTO_TEST_CASE(a_child_is_posted_and_its_uid_comes_back) {
  auto result = build(order(child_kind::worker_job));
  BOOST_REQUIRE(api.received<api_request>().size() == 1u);
  BOOST_TEST(last().verb == http_verb::post);
  BOOST_TEST(last().target == "/apis/batch/v1/namespaces/perf/jobs");
  BOOST_TEST(last().in == lane::create);
  auto manifest = json::parse(*last().body).value();
  BOOST_TEST(json::text_at(manifest, {"kind"}) == "Job");
  BOOST_TEST(json::text_at(manifest, {"metadata", "name"}) ==
             "shop-load-worker");
  BOOST_TEST(!result->has_value());

  api.reply<api_request>(
      answer(201, R"({"metadata":{"uid":"w1","resourceVersion":"9"}})"));
  BOOST_REQUIRE(result->has_value());
  BOOST_TEST((*result)->what == outcome::created);
  BOOST_TEST((*result)->uid == "w1");
  BOOST_TEST((*result)->name == "shop-load-worker");
}

BOOST_AUTO_TEST_CASE(what_is_there_already_is_looked_at_by_name) {
  auto result = build(order(child_kind::master_service));
  api.reply<api_request>(answer(409, R"({"reason":"AlreadyExists"})"));
  BOOST_TEST(last().verb == http_verb::get);
  BOOST_TEST(last().target ==
             "/api/v1/namespaces/perf/services/shop-load-master");
  BOOST_TEST(last().in == lane::create);
  BOOST_TEST(!last().body);
  api.reply<api_request>(
      answer(200, R"({"metadata":{"uid":"s1","resourceVersion":"9",
                     "ownerReferences":[{"controller":true,"uid":"me"}]}})"));
  BOOST_REQUIRE(result->has_value());
  BOOST_TEST((*result)->what == outcome::adopted);
  BOOST_TEST((*result)->uid == "s1");
}

BOOST_AUTO_TEST_CASE(what_vanished_in_between_is_posted_again) {
  auto result = build(order(child_kind::master_job));
  auto manifest = *last().body;
  api.reply<api_request>(answer(409, "{}"));
  api.reply<api_request>(answer(404, "{}"));
  BOOST_TEST(last().verb == http_verb::post);
  BOOST_TEST(*last().body == manifest);
  api.reply<api_request>(answer(422, R"({"message":"no"})"));
  BOOST_REQUIRE(result->has_value());
  BOOST_TEST((*result)->what == outcome::refused);
  BOOST_TEST((*result)->message == "no");
  BOOST_TEST(api.received<api_request>().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_bad_spec_is_refused_for_each_child_and_nothing_is_sent) {
  for (auto child : {child_kind::master_service, child_kind::master_job,
                     child_kind::worker_job}) {
    auto result = build(order(child, "-f 'a.py"));
    BOOST_REQUIRE(result->has_value());
    BOOST_TEST((*result)->what == outcome::refused);
    BOOST_TEST(((*result)->child == child));
    BOOST_TEST((*result)->message ==
               "spec.master.command cannot be split: the single quote at "
               "column 4 (byte 3) is not closed");
    BOOST_TEST(!(*result)->transient);
  }
  BOOST_TEST(api.received<api_request>().empty());
}

BOOST_AUTO_TEST_CASE(a_missing_or_unreadable_spec_is_refused) {
  auto x = order(child_kind::master_service);
  x.spec = nullptr;
  BOOST_TEST((*build(x))->message == "spec is missing");
  x.spec = std::make_shared<const std::string>();
  BOOST_TEST((*build(x))->message == "spec is missing");
  x.spec = shared("{");
  BOOST_TEST((*build(x))->message.find("spec is not valid JSON") == 0u);
  BOOST_TEST(api.received<api_request>().empty());
}

BOOST_AUTO_TEST_CASE(several_children_are_created_side_by_side) {
  auto first = build(order(child_kind::master_service));
  auto second = build(order(child_kind::worker_job));
  BOOST_TEST(api.unanswered<api_request>() == 2u);
  api.reply<api_request>(
      answer(201, R"({"metadata":{"uid":"2","resourceVersion":"9"}})"), 1);
  BOOST_TEST(!first->has_value());
  BOOST_TEST((*second)->uid == "2");
  api.reply<api_request>(
      answer(201, R"({"metadata":{"uid":"1","resourceVersion":"9"}})"));
  BOOST_TEST((*first)->uid == "1");
}

BOOST_AUTO_TEST_CASE(a_client_that_fails_is_a_failure) {
  auto result = build(order(child_kind::master_job));
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  BOOST_REQUIRE(result->has_value());
  BOOST_TEST((*result)->what == outcome::failed);
  BOOST_TEST((*result)->transient);
  BOOST_TEST((*result)->status == 0);
  BOOST_TEST(alive(builder));
}

// Given up too early, it would be requested twice.
BOOST_AUTO_TEST_CASE(a_request_may_wait_in_the_client_for_any_time) {
  auto result = build(order(child_kind::master_job));
  advance(1h);
  BOOST_TEST(!result->has_value());
  api.reply<api_request>(
      answer(201, R"({"metadata":{"uid":"1","resourceVersion":"9"}})"));
  BOOST_REQUIRE(result->has_value());
  BOOST_TEST((*result)->what == outcome::created);
}

BOOST_AUTO_TEST_SUITE_END()
