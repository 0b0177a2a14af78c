#include "actors/operator/options.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace locust;

namespace {

parsed_options parse(std::vector<const char*> words) {
  words.insert(words.begin(), "locust-operator");
  return parse_options(static_cast<int>(words.size()), words.data());
}

} // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(both_forms_of_a_flag_are_read) {
  auto parsed = parse({"--kubeconfig=/k", "--context", "c", "--journal=/j",
                       "--zap-log-level=panic"});
  BOOST_REQUIRE(!parsed.exit_code.has_value());
  BOOST_TEST(parsed.options.kubeconfig == "/k");
  BOOST_TEST(parsed.options.context == "c");
  BOOST_TEST(parsed.options.journal == "/j");
  BOOST_TEST(parsed.options.log_level == "critical");
}

BOOST_AUTO_TEST_CASE(words_that_make_no_sense_end_with_2) {
  BOOST_TEST(parse({"--no-such-flag"}).exit_code.value() == 2);
  BOOST_TEST(parse({"--zap-log-level=loud"}).exit_code.value() == 2);
  BOOST_TEST(parse({"--journal"}).exit_code.value() == 2);
}

BOOST_AUTO_TEST_CASE(help_and_version_end_with_0) {
  BOOST_TEST(parse({"--help"}).exit_code.value() == 0);
  BOOST_TEST(parse({"--version"}).exit_code.value() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
