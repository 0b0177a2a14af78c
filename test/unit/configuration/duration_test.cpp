#include "actors/configuration/duration.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(durations)

BOOST_AUTO_TEST_CASE(they_are_numbers_with_units) {
  struct row {
    const char* text;
    std::chrono::nanoseconds value;
  };
  for (auto [text, value] :
       {row{"0", 0ns},
        row{"+0", 0ns},
        row{"-0", 0ns},
        row{"0s", 0ns},
        row{"90s", 90s},
        row{"2m", 2min},
        row{"1h30m", 90min},
        row{"1h1m1s1ms1us1ns", 3661001001001ns},
        row{"-1s", -1s},
        row{"+5m", 5min},
        row{"1.5h", 90min},
        row{"0.3s", 300ms},
        row{".5s", 500ms},
        row{"2.s", 2s},
        row{"1.0000000001s", 1s},
        row{"10\xc2\xb5s", 10us},
        row{"10\xce\xbcs", 10us},
        row{"3m2m", 5min},
        row{"9223372036854775807ns", 9223372036854775807ns},
        row{"2562047h", 2562047h}})
    BOOST_TEST((parse_duration(text) == value), text);
}

BOOST_AUTO_TEST_CASE(anything_else_is_none) {
  for (auto* text : {"",
                     "-",
                     "+",
                     "1",
                     "00",
                     "s",
                     ".",
                     ".s",
                     "1.2.3s",
                     "1 s",
                     " 1s",
                     "1s ",
                     "--1s",
                     "1s-1s",
                     "1d",
                     "1S",
                     "1e3s",
                     "abc",
                     "0x1s",
                     "9223372036854775808ns",
                     "2562048h",
                     "99999999999999999999s",
                     "9223372036854775807ns1ns"})
    BOOST_TEST(!parse_duration(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(they_are_written_with_the_units_that_they_need) {
  struct row {
    std::chrono::nanoseconds value;
    const char* text;
  };
  for (auto [value, text] :
       {row{0ns, "0"}, row{120s, "2m"}, row{90s, "1m30s"}, row{-1s, "-1s"},
        row{3661001001001ns, "1h1m1s1ms1us1ns"}, row{25h, "25h"}})
    BOOST_TEST(duration_in_units(value) == text);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_as_the_same) {
  // Step widths that share no factor with the units, over the whole range.
  for (int64_t n = 1; n < 4'000'000'000'000'000'000; n = n * 3 + 7)
    for (auto value :
         {std::chrono::nanoseconds{n}, -std::chrono::nanoseconds{n}})
      BOOST_TEST((parse_duration(duration_in_units(value)) == value),
                 duration_in_units(value));
}

BOOST_AUTO_TEST_SUITE_END()
