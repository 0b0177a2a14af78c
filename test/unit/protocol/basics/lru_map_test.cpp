#include "protocol/basics/lru_map.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(lru_map_suite)

BOOST_AUTO_TEST_CASE(a_new_key_takes_the_place_of_the_least_recently_used_one) {
  lru_map<int> map(2);
  map["a"] = 1;
  map["b"] = 2;
  BOOST_TEST(map["a"] == 1);
  map["c"] = 3;
  BOOST_TEST(map.size() == 2u);
  BOOST_TEST(map["a"] == 1);
  BOOST_TEST(map.find("b") == nullptr);
}

BOOST_AUTO_TEST_CASE(finding_a_key_counts_as_a_use) {
  lru_map<int> map(2);
  map["a"] = 1;
  map["b"] = 2;
  BOOST_REQUIRE(map.find("a") != nullptr);
  map["c"] = 3;
  BOOST_TEST(map.find("a") != nullptr);
  BOOST_TEST(map.find("b") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
