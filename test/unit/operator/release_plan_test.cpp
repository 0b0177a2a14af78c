#include "actors/operator/release_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(release_plan_suite)

BOOST_AUTO_TEST_CASE(memory_is_released_after_a_quiet_moment) {
  release_plan plan;
  BOOST_TEST(plan.touch());
  BOOST_TEST(!plan.touch(), "the timer runs");
  BOOST_TEST(!plan.tick(), "something happened");
  BOOST_TEST(plan.tick());
  BOOST_TEST(plan.touch(), "the timer has ended");
}

BOOST_AUTO_TEST_CASE(an_event_postpones_it) {
  release_plan plan;
  plan.touch();
  BOOST_TEST(!plan.tick());
  plan.touch();
  BOOST_TEST(!plan.tick());
  BOOST_TEST(plan.tick());
}

BOOST_AUTO_TEST_CASE(it_is_not_postponed_for_ever) {
  release_plan plan;
  for (int i = 1; i < release_plan::most_busy_moments; ++i) {
    plan.touch();
    BOOST_TEST(!plan.tick());
  }
  plan.touch();
  BOOST_TEST(plan.tick());
  BOOST_TEST(plan.touch());
  BOOST_TEST(!plan.tick(), "it counts anew");
}

BOOST_AUTO_TEST_SUITE_END()
