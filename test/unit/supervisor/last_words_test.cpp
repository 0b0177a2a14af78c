#include "actors/supervisor/last_words.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;

BOOST_AUTO_TEST_SUITE(termination_messages)

BOOST_AUTO_TEST_CASE(the_last_two_lines_that_say_something) {
  struct row {
    std::string message;
    std::string words;
  };
  const row rows[] = {
      {"", ""},
      {"\n \n", ""},
      {"one line", "one line"},
      {"  File \"a.py\", line 3\n    import shop\nModuleNotFoundError: No "
       "module named 'shop'\n",
       "import shop | ModuleNotFoundError: No module named 'shop'"},
      {"Error report\n# occurrences      Error\n-----|-----\n3          GET /: "
       "HTTPError(500)\n-----|-----\n\n",
       "# occurrences Error | 3 GET /: HTTPError(500)"},
      {"\x1b[31mred\x1b[0m words\r\n", "red words"},
      {"a\tb", "a b"},
      {"[2026-11-30 18:33:08,429] t-master/INFO/locust.main: Starting Locust\n"
       "[2026-11-30 18:33:08,429] t-master/ERROR/locust.main: Unknown User(s): "
       "each, #\n[2026-11-30 18:33:09,001] t-master/INFO/locust.main: Bye\n",
       "Unknown User(s): each, #"},
      {"[2026-11-30 18:33:08,429] t-master/INFO/locust.main: Starting Locust\n",
       "Starting Locust"},
      {"[a list] of: words", "[a list] of: words"},
  };
  for (const auto& r : rows)
    BOOST_TEST(last_words(r.message) == r.words);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_long_text_counts) {
  auto words = last_words(std::string(5000, 'x') + " the cause");
  BOOST_TEST(words.size() <= 400u);
  BOOST_TEST(words.starts_with("...x"));
  BOOST_TEST(words.ends_with(" the cause"));
}

BOOST_AUTO_TEST_CASE(broken_text_becomes_valid) {
  BOOST_TEST(last_words("caf\xc3\xa9 \xff") == "caf\xc3\xa9 ?");
}

BOOST_AUTO_TEST_SUITE_END()
