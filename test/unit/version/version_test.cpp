#include "actors/version/version.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <regex>

using namespace locust;

namespace {

bool has_form(std::string_view text, const char* pattern) {
  return std::regex_match(text.begin(), text.end(), std::regex(pattern));
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_version)

BOOST_AUTO_TEST_CASE(every_part_has_its_form) {
  BOOST_TEST(has_form(version(), R"(\d+\.\d+\.\d+)"), version());
  BOOST_TEST(has_form(commit(), "unknown|[0-9a-f]{12,}(-dirty)?"), commit());
  BOOST_TEST(
      has_form(build_date(), R"(unknown|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"),
      build_date());
}

BOOST_AUTO_TEST_CASE(the_line_has_all_of_them_and_is_one) {
  auto line = version_line();
  for (auto part : {version(), commit(), build_date()})
    BOOST_TEST(line.find(part) != std::string::npos, part);
  BOOST_TEST(std::count(line.begin(), line.end(), '\n') == 0);
}

BOOST_AUTO_TEST_SUITE_END()
