#include "protocol/basics/fnv.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(fnv_suite)

// The values that the authors of FNV publish for 64 bits.
BOOST_AUTO_TEST_CASE(it_has_the_published_values) {
  BOOST_TEST(fnv1a().hex() == "cbf29ce484222325");
  BOOST_TEST(fnv1a().add("a").hex() == "af63dc4c8601ec8c");
  BOOST_TEST(fnv1a().add("foobar").value() == 0x85944171f73967e8ULL);
}

BOOST_AUTO_TEST_CASE(the_split_into_calls_does_not_matter) {
  BOOST_TEST(fnv1a().add("foo").add("bar").hex() ==
             fnv1a().add("foobar").hex());
}

BOOST_AUTO_TEST_CASE(leading_zeros_are_kept) {
  BOOST_TEST(fnv1a().add("10").hex() == "07f89207b4ba08a4");
}

BOOST_AUTO_TEST_SUITE_END()
