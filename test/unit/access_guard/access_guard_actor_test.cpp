#include "actors/access_guard/access_guard_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;
using kind = access_verdict::kind;

namespace {

struct fixture : test::actor_fixture {
  void ask(const std::string& token) {
    way({token, "/metrics", "get", [this](const access_verdict& v) {
           verdicts.push_back(v);
         }});
    run();
  }

  size_t asked() {
    return api.received<api_request>().size();
  }

  test::mock<api_client_actor> api{*this};
  access_guard_actor guard = keep(spawn_access_guard(system, api));
  ask_access way = ask_access_through(guard);
  std::vector<access_verdict> verdicts;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(access_guard_actor_, fixture)

BOOST_AUTO_TEST_CASE(a_question_gets_its_verdict) {
  ask("t");
  BOOST_TEST(verdicts.empty());
  api.reply<api_request>(answer(
      201, R"({"status":{"authenticated":true,"user":{"username":"x"}}})"));
  api.reply<api_request>(answer(201, R"({"status":{"allowed":true}})"));
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0] == access_verdict{kind::allowed, "x"}));
  ask("t");
  BOOST_TEST(verdicts.size() == 2u);
  BOOST_TEST(asked() == 2u);
}

BOOST_AUTO_TEST_CASE(another_attempt_comes_after_its_pause) {
  ask("t");
  api.reply<api_request>(answer(500, "busy"));
  advance(499ms);
  BOOST_TEST(asked() == 1u);
  advance(1ms);
  BOOST_TEST(asked() == 2u);
  api.reply<api_request>(answer(201, R"({"status":{"authenticated":false}})"));
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0].what == kind::unknown));
}

BOOST_AUTO_TEST_CASE(questions_do_not_wait_for_each_other) {
  ask("slow");
  ask("quick");
  BOOST_TEST(asked() == 2u);
}

BOOST_AUTO_TEST_CASE(four_reviews_are_in_flight_at_most) {
  for (int i = 0; i < 9; ++i)
    ask(std::to_string(i));
  BOOST_TEST(asked() == 4u);
  auto nobody = answer(201, R"({"status":{"authenticated":false}})");
  for (size_t given = 1; given <= 9; ++given) {
    api.reply<api_request>(nobody);
    BOOST_TEST(verdicts.size() == given);
    BOOST_TEST(asked() == std::min<size_t>(4 + given, 9));
  }
}

BOOST_AUTO_TEST_CASE(a_pause_does_not_block_others) {
  for (int i = 0; i < 5; ++i)
    ask(std::to_string(i));
  api.reply<api_request>(answer(500, "busy"));
  BOOST_TEST(asked() == 5u);
  advance(500ms); // its next attempt waits in the queue
  BOOST_TEST(asked() == 5u);
  api.reply<api_request>(answer(201, R"({"status":{"authenticated":false}})"));
  BOOST_TEST(asked() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
