#include "actors/operator/actor_health.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(judging_the_health_of_actors)

BOOST_AUTO_TEST_CASE(a_round_is_complete_when_all_have_answered) {
  answer_rounds rounds{3};
  BOOST_TEST(rounds.begin() == 3u);
  BOOST_TEST(!rounds.answered());
  BOOST_TEST(!rounds.answered());
  BOOST_TEST(rounds.answered());
  BOOST_TEST(rounds.begin() == 3u);
}

BOOST_AUTO_TEST_CASE(a_stuck_actor_gets_no_second_question) {
  answer_rounds rounds{2};
  rounds.begin();
  rounds.answered();
  BOOST_TEST(rounds.begin() == 0u);
  // It goes on after all.
  BOOST_TEST(rounds.answered());
  BOOST_TEST(rounds.begin() == 2u);
}

BOOST_AUTO_TEST_CASE(readiness_follows_the_lists_and_then_the_connection) {
  struct row {
    const char* what;
    bool listed;
    watch_faults faults;
    std::string expected;
  };
  const row rows[] = {
      {"before the lists", false, {}, "waiting for the initial lists"},
      {"before the lists, refused", false, {{"jobs", {403, "no"}}}, "no"},
      {"works", true, {}, ""},
      {"no connection", true, {{"jobs", {0, "timeout"}}}, "timeout"},
      {"no valid token", true, {{"jobs", {401, "who"}}}, "who"},
      {"a broken API server", true, {{"jobs", {500, "etcd"}}}, "etcd"},
      {"one kind is refused", true, {{"events", {403, "no"}}}, ""},
      {"over", true, {{"jobs", {0, ""}}}, ""},
      {"one of two is over",
       true,
       {{"jobs", {0, ""}}, {"pods", {0, "timeout"}}},
       "timeout"},
  };
  for (const auto& r : rows)
    BOOST_TEST_CONTEXT(r.what) {
      BOOST_TEST(why_not_ready(r.listed, r.faults) == r.expected);
    }
}

BOOST_AUTO_TEST_SUITE_END()
