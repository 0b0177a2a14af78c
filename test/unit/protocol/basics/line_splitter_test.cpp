#include "protocol/basics/line_splitter.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using locust::line_splitter;

namespace {

using lines = std::vector<std::string>;

void drain(line_splitter& splitter, lines& into) {
  while (auto line = splitter.next())
    into.emplace_back(*line);
}

lines split(std::initializer_list<std::string_view> pieces,
            size_t limit = line_splitter::default_limit) {
  line_splitter splitter(limit);
  lines result;
  for (auto piece : pieces) {
    splitter.feed(piece);
    drain(splitter, result);
  }
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(line_splitter_suite)

BOOST_AUTO_TEST_CASE(a_stream_gives_the_same_lines_wherever_it_is_split) {
  const std::string stream = "{\"a\":1}\n\n{\"b\":\"x\\ny\"}\r\n\r\n{}\nrest";
  const lines expected = {"{\"a\":1}", "{\"b\":\"x\\ny\"}", "{}"};
  std::string_view all = stream;
  for (size_t i = 0; i <= all.size(); ++i)
    for (size_t j = i; j <= all.size(); ++j)
      BOOST_TEST(split({all.substr(0, i), all.substr(i, j - i),
                        all.substr(j)}) == expected,
                 "split at " << i << " and " << j);
}

BOOST_AUTO_TEST_CASE(bytes_may_come_one_by_one) {
  line_splitter splitter;
  lines got;
  for (char c : std::string("one\ntwo\r\n\nthree\n")) {
    splitter.feed({&c, 1});
    drain(splitter, got);
  }
  BOOST_TEST(got == (lines{"one", "two", "three"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_cut_line_at_the_end_is_not_given_out) {
  BOOST_TEST(split({"whole\ncu", "t"}) == (lines{"whole"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_line_of_the_limit_passes_and_a_longer_one_stops_it_all) {
  BOOST_TEST(split({"1234", "5678\n"}, 8) == (lines{"12345678"}),
             boost::test_tools::per_element());
  line_splitter splitter(8);
  lines got;
  splitter.feed("ok\n12345");
  drain(splitter, got);
  BOOST_TEST(!splitter.overflown());
  splitter.feed("6789");
  drain(splitter, got);
  BOOST_TEST(splitter.overflown());
  splitter.feed("\nlater\n");
  drain(splitter, got);
  BOOST_TEST(got == (lines{"ok"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_overlong_line_in_one_piece_is_refused_too) {
  line_splitter splitter(4);
  splitter.feed("12345\n");
  BOOST_TEST(!splitter.next().has_value());
  BOOST_TEST(splitter.overflown());
}

BOOST_AUTO_TEST_SUITE_END()
