#include "protocol/kubernetes/retry_delay.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(retry_delay_suite)

BOOST_AUTO_TEST_CASE(delays_double_between_their_bounds_and_are_spread) {
  auto is_within = [](auto delay, auto low) {
    return delay >= low && delay <= low + low / 4;
  };
  BOOST_TEST(is_within(transient_delay(1, "u"), 50ms));
  BOOST_TEST(is_within(transient_delay(2, "u"), 100ms));
  BOOST_TEST(is_within(transient_delay(11, "u"), 30'000ms));
  BOOST_TEST(is_within(transient_delay(4'000'000'000U, "u"), 30'000ms));
  BOOST_TEST(is_within(refused_delay(1, "u"), 5'000ms));
  BOOST_TEST(is_within(refused_delay(2, "u"), 10'000ms));
  BOOST_TEST(is_within(refused_delay(30, "u"), 300'000ms));
  BOOST_TEST((transient_delay(9, "u1") != transient_delay(9, "u2")));
}

BOOST_AUTO_TEST_SUITE_END()
