#include "protocol/json/pruned.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust::json;

namespace {

constexpr wanted inner[] = {{"x"}};
constexpr wanted outer[] = {{"whole"}, {"part", inner}, {"list", inner}};

std::string pruned(std::string_view text) {
  document::AllocatorType memory;
  auto result = parse_pruned(text, outer, memory);
  BOOST_REQUIRE_MESSAGE(result.has_value(), result.error().message);
  return dump(*result);
}

std::string nested(size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

} // namespace

BOOST_AUTO_TEST_SUITE(pruned_json_suite)

BOOST_AUTO_TEST_CASE(only_what_is_wanted_stays) {
  struct row {
    const char* text;
    const char* expected;
  };
  for (auto [text, expected] : {
           row{R"({"a":1,"whole":{"a":[1,{"b":null}]},"b":{}})",
               R"({"whole":{"a":[1,{"b":null}]}})"},
           row{R"({"part":{"a":[1,[2]],"x":{"y":1},"b":"s"}})",
               R"({"part":{"x":{"y":1}}})"},
           row{R"({"list":[{"x":1,"a":2},{"a":{"x":3}},4,[{"x":5,"a":6}]]})",
               R"({"list":[{"x":1},{},4,[{"x":5}]]})"},
           row{R"({"other":{"whole":1},"x":2})", "{}"},
           row{R"({"part":"no object"})", R"({"part":"no object"})"},
           row{R"({"whole":[true,-1,18446744073709551615,1.5,"é"]})",
               R"({"whole":[true,-1,18446744073709551615,1.5,"é"]})"},
           row{R"({"whole":[0.9868011474609375,0e150,-7,1e2]})",
               R"({"whole":[0.9868011474609375,0.0,-7,100.0]})"},
           row{R"([{"a":1,"whole":2}])", R"([{"whole":2}])"},
           row{"7", "7"},
       })
    BOOST_TEST(pruned(text) == expected);
}

BOOST_AUTO_TEST_CASE(what_is_not_wanted_must_be_json_all_the_same) {
  for (const auto* text : {"", "{", R"({"a":})", R"({"a":1}x)", R"({"a":[1,]})",
                           R"({"a":"\x"})", "{\"a\":\"\xff\"}", R"({"a":tru})",
                           R"({"a":1 "b":2})", R"({"whole":9e308})"}) {
    document::AllocatorType memory;
    auto result = parse_pruned(text, outer, memory);
    BOOST_TEST(!result.has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_nul_byte_is_no_end) {
  using namespace std::literals;
  for (auto text : {"{}\0"sv, "{}\0{}"sv, "{\0}"sv}) {
    document::AllocatorType memory;
    BOOST_TEST(!parse_pruned(text, outer, memory).has_value());
  }
}

BOOST_AUTO_TEST_CASE(too_deep_a_nesting_is_refused_wherever_it_is) {
  for (std::string before : {R"({"whole":)", R"({"other":)", R"({"part":)"}) {
    document::AllocatorType memory;
    // The object around it is a level too.
    auto fits = before + nested(depth_limit - 1) + "}";
    BOOST_TEST(parse_pruned(fits, outer, memory).has_value(), before);
    auto result =
        parse_pruned(before + nested(depth_limit) + "}", outer, memory);
    BOOST_REQUIRE_MESSAGE(!result.has_value(), before);
    BOOST_TEST(result.error().message.find("nested deeper") !=
               std::string::npos);
  }
  document::AllocatorType memory;
  BOOST_TEST(!parse_pruned(nested(100'000), outer, memory).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
