#include "protocol/basics/base64.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(base64_suite)

BOOST_AUTO_TEST_CASE(text_survives_both_ways) {
  for (std::string text : {"", "a", "ab", "abc", "abcd", "\x01\xff"})
    BOOST_TEST(decode_base64(encode_base64(text)).value_or("?") == text);
  BOOST_TEST(decode_base64(encode_base64(std::string(3, '\0'))).value_or("?") ==
             std::string(3, '\0'));
}

BOOST_AUTO_TEST_CASE(folded_lines_are_read) {
  BOOST_TEST(decode_base64("aGVs\n bG8=\n").value_or("?") == "hello");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  for (auto text : {"a", "abc", "a===", "ab=c", "====", "%%%%", "aGVsbG8",
                    "aGVs----", "aGVsbG8-", "aGV_", "aGVs=", "="})
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(!decode_base64(text).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
