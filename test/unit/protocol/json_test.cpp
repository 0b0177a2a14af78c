#include "protocol/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(json_text)

BOOST_AUTO_TEST_CASE(equal_values_have_equal_canonical_text) {
  auto a = json::parse(R"({"b":[{"y":1,"x":null}],"a":"t"})");
  auto b = json::parse(R"({ "a":"t", "b":[ {"x":null,"y":1} ] })");
  BOOST_REQUIRE((a && b));
  BOOST_TEST(json::dump_canonical(*a) == json::dump_canonical(*b));
  BOOST_TEST(json::dump_canonical(*a) == R"({"a":"t","b":[{"x":null,"y":1}]})");
}

BOOST_AUTO_TEST_CASE(a_path_that_leads_nowhere_gives_nothing) {
  auto doc = json::parse(R"({"a":{"b":7,"t":"x"},"n":[1]})");
  BOOST_REQUIRE(doc.has_value());
  BOOST_TEST(json::int_at(*doc, {"a", "b"}).value() == 7);
  BOOST_TEST(json::text_at(*doc, {"a", "t"}) == "x");
  BOOST_TEST(!json::int_at(*doc, {"a", "c"}).has_value());
  BOOST_TEST(!json::int_at(*doc, {"a", "t"}).has_value());
  BOOST_TEST(!json::string_at(*doc, {"n", "a"}).has_value());
}

BOOST_AUTO_TEST_CASE(bad_json_is_refused_with_its_offset) {
  auto doc = json::parse(R"({"a":)");
  BOOST_REQUIRE(!doc.has_value());
  BOOST_TEST(doc.error().message.find("byte 5") != std::string::npos);
  BOOST_TEST(!json::parse("\"\xff\"").has_value());
}

BOOST_AUTO_TEST_CASE(deep_nesting_does_not_overflow_the_stack) {
  std::string deep(1'000'000, '[');
  BOOST_TEST(!json::parse(deep).has_value());
  auto closed = deep + std::string(deep.size(), ']');
  BOOST_TEST(json::parse(closed).error().message ==
             "not valid JSON at byte 512: nested deeper than 512 levels.");
  std::string members;
  for (int i = 0; i < 513; ++i)
    members += "{\"a\":";
  BOOST_TEST(!json::parse(members + "1" + std::string(513, '}')).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_too_deep_can_be_written_again) {
  auto text = std::string(512, '[') + std::string(512, ']');
  BOOST_TEST(json::dump(json::parse(text).value()) == text);
  auto wide = "[" + std::string("[],[[]],{\"a\":[]},") + "[]]";
  BOOST_TEST(json::dump(json::parse(wide).value()) == wide);
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_value) {
  auto zeros = [](size_t count) {
    return std::string(count, '0');
  };
  struct row {
    std::string text;
    std::string expected;
  };
  for (const auto& [text, expected] : std::initializer_list<row>{
           {"[0,-0,7,-7,1e2,0.5]", "[0,0,7,-7,100.0,0.5]"},
           {"[-9223372036854775808,18446744073709551615]",
            "[-9223372036854775808,18446744073709551615]"},
           {"[0.1,123456789.12345678]", "[0.1,123456789.12345678]"},
           {"[0.9868011474609375,123456789012345678901]",
            "[0.9868011474609375,123456789012345680000.0]"},
           {"[0e150,0e-150,-0.0,0.0e9]", "[0.0,0.0,-0.0,0.0]"},
           {"[5e-324,1e-400,1.7976931348623157e308]",
            "[5e-324,0.0,1.7976931348623157e308]"},
           {"[0." + zeros(400) + "]", "[0.0]"},
           {"[0." + zeros(400) + "1e-300]", "[0.0]"},
           {"[0." + zeros(400) + "1e401]", "[1.0]"}})
    BOOST_TEST(json::dump(json::parse(text).value()) == expected);
}

BOOST_AUTO_TEST_CASE(a_number_beyond_a_double_is_refused) {
  for (std::string text : {"9e308", "-9e308", "1e400"})
    BOOST_TEST(json::parse("[1," + text + "]").error().message ==
               "not valid JSON at byte 3: Number too big to be stored in "
               "double.");
}

BOOST_AUTO_TEST_CASE(half_a_surrogate_pair_is_refused) {
  for (std::string text : {"\\udc00", "a\\udfffb", "\\ud83d", "\\ud83d\\u0041",
                           "\\ud83d\\udc1d\\udc1d"}) {
    auto outcome = json::parse("[\"" + text + "\"]");
    BOOST_REQUIRE_MESSAGE(!outcome.has_value(), text);
    BOOST_TEST(outcome.error().message.ends_with(
        "The surrogate pair in string is invalid."));
    BOOST_TEST(!json::parse("{\"" + text + "\":1}").has_value());
  }
  BOOST_TEST(
      json::dump(json::parse("[\"\\ud83d\\udc1d\\ud7ff\\ue000\"]").value()) ==
      "[\"\xf0\x9f\x90\x9d\xed\x9f\xbf\xee\x80\x80\"]");
}

BOOST_AUTO_TEST_CASE(nothing_may_come_before_the_value) {
  for (const auto* text : {"\xef{}", "\xef\xbb{}", "\xef\xbb\xbf{}", "\xef"})
    BOOST_TEST(!json::parse(text).has_value(), text);
  BOOST_TEST(json::parse(" \n{}").has_value());
}

BOOST_AUTO_TEST_CASE(nothing_may_follow_the_value) {
  using namespace std::literals;
  BOOST_TEST(!json::parse("{} {}").has_value());
  BOOST_TEST(!json::parse("{}\0"sv).has_value());
  BOOST_TEST(!json::parse("{}\0{}"sv).has_value());
  BOOST_TEST(!json::parse("\"a\0b\""sv).has_value());
  BOOST_TEST(json::parse("{} \n").has_value());
}

BOOST_AUTO_TEST_CASE(text_is_truncated_between_characters_and_repaired) {
  BOOST_TEST(json::clean_text("a\xc3\xa9z", 2) == "a");
  BOOST_TEST(json::clean_text("a\xc3\xa9z", 3) == "a\xc3\xa9");
  BOOST_TEST(json::clean_text("a\xff\xc3z", 9) == "a??z");
  BOOST_TEST(json::clean_text("\xed\xa0\x80", 9) == "???");
}

BOOST_AUTO_TEST_SUITE_END()
