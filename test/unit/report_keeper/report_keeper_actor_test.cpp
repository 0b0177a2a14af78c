#include "actors/report_keeper/report_keeper_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

struct fixture : test::actor_fixture {
  auto keep_one(const std::string& uid = "uid") {
    return ask<report_result>(
        keeper, keep_report{{"ns", "shop"}, uid, "http://10.0.0.1:8089"});
  }

  std::vector<api_request>& requests() {
    return api.received<api_request>();
  }

  void reply(int status) {
    api.reply<api_request>(answer(status, "x"));
  }

  test::mock<api_client_actor> api{*this};
  report_keeper_actor keeper =
      keep(spawn_report_keeper(system, api, report_thread::shared));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(report_keeper_actor_, fixture)

BOOST_AUTO_TEST_CASE(who_asks_is_told_when_the_report_is_stored) {
  auto told = keep_one();
  for (int i = 0; i < 4; ++i)
    reply(200);
  BOOST_TEST(requests().size() == 5u);
  BOOST_TEST(!told->has_value());
  reply(201);
  BOOST_REQUIRE(told->has_value());
  BOOST_TEST((*told)->config_map == "shop-report");
}

BOOST_AUTO_TEST_CASE(who_asks_is_told_that_there_is_none) {
  auto told = keep_one();
  tell(keeper, drop_report{"uid"});
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  BOOST_REQUIRE(told->has_value());
  BOOST_TEST((*told)->config_map.empty());
  BOOST_TEST((*told)->message.ends_with("the Locust master had ended"));
}

BOOST_AUTO_TEST_CASE(a_file_is_asked_for_again_after_a_pause) {
  keep_one();
  reply(0);
  BOOST_TEST(requests().size() == 1u);
  advance(1s);
  BOOST_TEST(requests().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_second_request_for_one_test_does_not_disturb_the_first) {
  auto first = keep_one();
  auto second = keep_one();
  BOOST_REQUIRE(second->has_value());
  BOOST_TEST((*second)->config_map.empty());
  for (int i = 0; i < 4; ++i)
    reply(200);
  reply(201);
  BOOST_TEST(first->has_value());
}

BOOST_AUTO_TEST_SUITE_END()
