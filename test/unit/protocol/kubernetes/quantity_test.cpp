#include "protocol/kubernetes/quantity.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <regex>
#include <string>
#include <string_view>

using namespace locust;

namespace {

/// The grammar of Kubernetes quantities as one expression (with short exponents
/// only).
bool matches_grammar(const std::string& text) {
  static const std::regex grammar("[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)"
                                  "([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?");
  return std::regex_match(text, grammar);
}

/// Texts that are near quantities, always the same ones.
class text_maker {
public:
  std::string next() {
    std::string text;
    for (auto n = any(7); n > 0; --n)
      text += pieces[any(pieces.size())];
    return text;
  }

private:
  size_t any(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  static constexpr std::array<std::string_view, 24> pieces = {
      "0", "1",  "9",  "12", "250", ".", "+", "-", "e", "E", "e3", "E-2",
      "m", "Ki", "Mi", "Gi", "k",   "M", "n", "i", "K", " ", "x",  "u"};
  std::mt19937_64 random_{7};
};

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

BOOST_AUTO_TEST_CASE(it_agrees_with_the_grammar_of_kubernetes) {
  text_maker texts;
  size_t good = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto text = texts.next();
    BOOST_TEST(is_quantity(text) == matches_grammar(text), text);
    good += is_quantity(text) ? 1 : 0;
  }
  BOOST_TEST(good > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
