#include "protocol/children.hpp"
#include "protocol/kubernetes.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(kubernetes_values)

BOOST_AUTO_TEST_CASE(children_are_named_after_the_test_with_dashes_for_dots) {
  BOOST_TEST(child_name("shop.load", child_kind::master_service) ==
             "shop-load-master");
  BOOST_TEST(child_name("shop.load", child_kind::master_job) ==
             "shop-load-master");
  BOOST_TEST(child_name("shop.load", child_kind::worker_job) ==
             "shop-load-worker");
}

BOOST_AUTO_TEST_CASE(resource_versions_compare_as_decimals_of_any_length) {
  using order = std::strong_ordering;
  auto compare = [](auto a, auto b) {
    return compare_resource_versions(a, b);
  };
  BOOST_TEST((compare("9", "10") == order::less));
  BOOST_TEST((compare("340282366920938463463374607431768211457", "1") ==
              order::greater));
  BOOST_TEST((compare("42", "42") == order::equal));
}

BOOST_AUTO_TEST_CASE(what_is_no_decimal_cannot_be_ordered) {
  for (auto* odd : {"", "0", "012", "1a", "-1"})
    BOOST_TEST(!compare_resource_versions(odd, "5").has_value(), odd);
}

BOOST_AUTO_TEST_SUITE_END()
