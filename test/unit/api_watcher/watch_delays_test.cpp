#include "actors/api_watcher/watch_delays.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace locust;
using namespace locust::watcher;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(watch_delays_suite)

BOOST_AUTO_TEST_CASE(delays_grow_within_bounds_and_differ_by_seed) {
  watch_delays one(1);
  watch_delays other(2);
  monotonic_time now{1h};
  std::chrono::milliseconds base = watch_delays::growth.first;
  bool differ = false;
  for (int i = 0; i < 10; ++i) {
    auto delay = one.next(now);
    BOOST_TEST((delay >= base && delay <= 2 * base), delay.count());
    BOOST_TEST((delay <= 30s));
    differ = differ || delay != other.next(now);
    base = std::min(2 * base, watch_delays::growth.most);
    now += 2min;
  }
  BOOST_TEST(differ);
  now += 2min + 1s;
  BOOST_TEST((one.next(now) <= 2 * watch_delays::growth.first));
}

BOOST_AUTO_TEST_CASE(equal_seeds_give_equal_delays) {
  watch_delays one(7);
  watch_delays other(7);
  monotonic_time now{};
  for (int i = 0; i < 10; ++i)
    BOOST_TEST((one.next(now) == other.next(now)));
}

BOOST_AUTO_TEST_SUITE_END()
