#include "protocol/time.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rfc3339_time)

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
  auto t = timestamp{1795458530123456us};
  BOOST_TEST(to_rfc3339(t) == "2026-11-23T18:28:50Z");
  BOOST_TEST(to_rfc3339_micro(t) == "2026-11-23T18:28:50.123456Z");
  BOOST_TEST((parse_rfc3339(to_rfc3339_micro(t)) == t));
}

BOOST_AUTO_TEST_CASE(fractions_and_offsets_of_any_length_are_read) {
  auto t = timestamp{1795458530000000us};
  BOOST_TEST((parse_rfc3339("2026-11-23T18:28:50.5Z") == t + 500ms));
  BOOST_TEST((parse_rfc3339("2026-11-23T18:28:50.123456789Z") == t + 123456us));
  BOOST_TEST((parse_rfc3339("2026-11-23T20:28:50+02:00") == t));
  BOOST_TEST((parse_rfc3339("2026-11-23T16:58:50-01:30") == t));
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  for (auto* text :
       {"", "2026", "2026-11-23", "2026-11-23T18:28:50", "2026-13-23T18:28:50Z",
        "2026-11-31T18:28:50Z", "2026-11-23T24:28:50Z", "2026-11-23T18:28:50.Z",
        "2026-11-23T18:28:50Zx", "2026-11-23T18:28:50+2"})
    BOOST_TEST(!parse_rfc3339(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
