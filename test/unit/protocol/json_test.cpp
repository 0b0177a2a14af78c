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

BOOST_AUTO_TEST_CASE(nothing_may_follow_the_value) {
  using namespace std::literals;
  BOOST_TEST(!json::parse("{} {}").has_value());
  BOOST_TEST(!json::parse("{}\0"sv).has_value());
  BOOST_TEST(!json::parse("{}\0{}"sv).has_value());
  BOOST_TEST(!json::parse("\"a\0b\""sv).has_value());
  BOOST_TEST(json::parse("{} \n").has_value());
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_value) {
  for (std::string text : {"0.1", "123456789.12345678", "5e-324", "-0.0",
                           "9223372036854775807", "18446744073709551615"})
    BOOST_TEST(json::dump(json::parse(text).value()) == text);
  BOOST_TEST(!json::parse("1e999").has_value());
}

BOOST_AUTO_TEST_CASE(foreign_text_is_cut_between_characters_and_mended) {
  BOOST_TEST(json::clean_text("a\xc3\xa9z", 2) == "a");
  BOOST_TEST(json::clean_text("a\xc3\xa9z", 3) == "a\xc3\xa9");
  BOOST_TEST(json::clean_text("a\xff\xc3z", 9) == "a??z");
  BOOST_TEST(json::clean_text("\xed\xa0\x80", 9) == "???");
}

BOOST_AUTO_TEST_SUITE_END()
