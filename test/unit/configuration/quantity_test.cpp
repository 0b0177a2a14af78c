#include "actors/configuration/quantity.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <regex>
#include <string>

using namespace locust;

namespace {

/// What the CRD demands of `resources` (api contract, quantities), but for
/// exponents with a point, which no Kubernetes reads.
const std::regex crd_pattern(R"(^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+)))"
                             R"((([KMGTPE]i)|[numkMGTPE]|)"
                             R"(([eE](\+|-)?[0-9]+))?$)");

std::string random_text(std::mt19937& dice) {
  constexpr std::string_view letters = "0123456789..+-eEnumkMGTPiK ";
  std::string text(dice() % 8, ' ');
  for (auto& c : text)
    c = letters[dice() % letters.size()];
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(quantities)

BOOST_AUTO_TEST_CASE(numbers_with_every_suffix_are_quantities) {
  for (auto* text : {"0",
                     "1",
                     "007",
                     "250m",
                     "1000m",
                     "0.5",
                     ".5",
                     "5.",
                     "1.5Gi",
                     "30M",
                     "1n",
                     "1u",
                     "1k",
                     "1G",
                     "1T",
                     "1P",
                     "1E",
                     "1Ki",
                     "1Mi",
                     "1Ti",
                     "1Pi",
                     "1Ei",
                     "+1",
                     "-1",
                     "-1.5Mi",
                     "1e3",
                     "1E3",
                     "1e+3",
                     "1e-3",
                     "1.5E-2",
                     "9223372036854775807",
                     "99999999999999999999999999Ei"})
    BOOST_TEST(is_quantity(text), text);
}

BOOST_AUTO_TEST_CASE(anything_else_is_not) {
  for (auto* text :
       {"",     "abc",   "1GG",  "1gi",   "1mi",   "1i",    "1K",
        "1ki",  "1.1.M", "1+1M", "0.1a",  ".",     "+",     "-",
        "m",    "Gi",    " 1",   "1 ",    "1 Gi",  "1,5",   "--1",
        "+-1",  "1e",    "1e+",  "1e1.5", "1e+-1", "1e--1", "1eGi",
        "1Gib", "1bi",   "0x10", "NaN",   "Inf",   "1m1",   "\xd9\xa1"})
    BOOST_TEST(!is_quantity(text), text);
}

BOOST_AUTO_TEST_CASE(an_exponent_has_32_bits) {
  BOOST_TEST(is_quantity("1e2147483647"));
  BOOST_TEST(!is_quantity("1e2147483648"));
  BOOST_TEST(is_quantity("1e-2147483648"));
  BOOST_TEST(!is_quantity("1e-2147483649"));
  BOOST_TEST(!is_quantity("1e" + std::string(1000, '9')));
}

BOOST_AUTO_TEST_CASE(settings_and_specs_take_the_same_quantities) {
  std::mt19937 dice(20261123);
  int good = 0;
  for (int i = 0; i < 50'000; ++i) {
    auto text = random_text(dice);
    bool expected = std::regex_match(text, crd_pattern);
    good += expected ? 1 : 0;
    BOOST_REQUIRE_MESSAGE(is_quantity(text) == expected, '"' << text << '"');
  }
  BOOST_TEST(good > 1000); // or it has said nothing
}

BOOST_AUTO_TEST_SUITE_END()
