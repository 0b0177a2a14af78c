#include "actors/gateway/work_budget.hpp"

#include <boost/test/unit_test.hpp>

using locust::work_budget;

BOOST_AUTO_TEST_SUITE(work_budget_)

BOOST_AUTO_TEST_CASE(requests_are_counted) {
  work_budget budget{2, 0};
  work_budget::share a, b, c;
  BOOST_TEST(budget.take_request(a));
  BOOST_TEST(budget.take_request(b));
  BOOST_TEST(!budget.take_request(c));
  budget.give_back(c); // holds nothing
  BOOST_TEST(!budget.take_request(c));
  budget.give_back(a);
  budget.give_back(a);
  BOOST_TEST(budget.take_request(c));
  BOOST_TEST(!budget.take_request(a));
}

BOOST_AUTO_TEST_CASE(bytes_are_counted_once) {
  work_budget budget{9, 100};
  work_budget::share a, b;
  BOOST_TEST(budget.take_bytes(a, 40));
  BOOST_TEST(budget.take_bytes(a, 60));
  BOOST_TEST(budget.take_bytes(b, 40));
  BOOST_TEST(!budget.take_bytes(b, 41));
  BOOST_TEST(b.bytes == 40u);
  budget.give_back(a);
  BOOST_TEST(budget.take_bytes(b, 100));
  BOOST_TEST(!budget.take_bytes(a, 1));
}

BOOST_AUTO_TEST_SUITE_END()
