#include "protocol/basics/back_off.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace locust;
using namespace std::chrono_literals;

namespace {

std::vector<int64_t> first_delays(const back_off& of, unsigned count) {
  std::vector<int64_t> all;
  for (unsigned i = 1; i <= count; ++i)
    all.push_back(of.delay(i).count());
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(back_off_suite)

BOOST_AUTO_TEST_CASE(delays_grow_from_the_first_to_the_longest) {
  BOOST_TEST(first_delays({2s, 15s}, 5) ==
                 std::vector<int64_t>({2000, 4000, 8000, 15000, 15000}),
             boost::test_tools::per_element());
  BOOST_TEST(first_delays({500ms, 2s, 1.5}, 5) ==
                 std::vector<int64_t>({500, 750, 1125, 1687, 2000}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(any_number_of_failures_has_a_delay) {
  const back_off growing{50ms, 30s};
  BOOST_TEST((growing.delay(0) == 50ms));
  BOOST_TEST((growing.delay(4'000'000'000U) == 30s));
  const back_off constant{10s, 10s, 1};
  BOOST_TEST((constant.delay(4'000'000'000U) == 10s));
}

BOOST_AUTO_TEST_CASE(a_spread_delay_stays_within_its_width) {
  BOOST_TEST((spread(1s, 250ms, 0) == 1s));
  BOOST_TEST((spread(1s, 250ms, 250) == 1250ms));
  BOOST_TEST((spread(1s, 250ms, 251) == 1s));
  BOOST_TEST((spread(1s, 0ms, 7) == 1s));
}

BOOST_AUTO_TEST_SUITE_END()
