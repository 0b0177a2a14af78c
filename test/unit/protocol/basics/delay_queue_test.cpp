#include "protocol/basics/delay_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr monotonic_time start{1h};

} // namespace

BOOST_AUTO_TEST_SUITE(delay_queue_suite)

BOOST_AUTO_TEST_CASE(keys_come_in_the_order_of_their_times) {
  delay_queue<std::string> queue;
  queue.put("late", start + 2s);
  queue.put("b", start + 1s);
  queue.put("a", start + 1s);
  BOOST_TEST(queue.size() == 3u);
  BOOST_TEST((queue.next() == start + 1s));
  BOOST_TEST(!queue.take(start + 999ms));
  BOOST_TEST(queue.take(start + 1s).value() == "a");
  BOOST_TEST(queue.take(start + 1s).value() == "b");
  BOOST_TEST(!queue.take(start + 1s));
  BOOST_TEST(queue.take(start + 1h).value() == "late");
  BOOST_TEST(queue.empty());
  BOOST_TEST(!queue.next());
}

BOOST_AUTO_TEST_CASE(a_key_has_one_time) {
  delay_queue<int> queue;
  queue.put(1, start + 1s);
  queue.put(2, start + 2s);
  queue.put(1, start + 3s);
  BOOST_TEST(queue.size() == 2u);
  BOOST_TEST(queue.take(start + 5s).value() == 2);
  BOOST_TEST(queue.contains(1));
  BOOST_TEST(queue.take(start + 5s).value() == 1);
  BOOST_TEST(!queue.contains(1));
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(an_erased_key_does_not_come) {
  delay_queue<int> queue;
  queue.put(1, start);
  queue.put(2, start);
  queue.erase(1);
  queue.erase(3);
  BOOST_TEST(!queue.contains(1));
  BOOST_TEST(queue.take(start).value() == 2);
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_SUITE_END()
