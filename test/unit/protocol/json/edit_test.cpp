#include "protocol/json/edit.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;

namespace {

json::document parsed(std::string_view text) {
  auto doc = json::parse(text);
  BOOST_REQUIRE(doc.has_value());
  return std::move(*doc);
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_edit_suite)

BOOST_AUTO_TEST_CASE(setting_makes_the_objects_on_the_way) {
  auto doc = parsed(R"({"a":{"b":1},"c":7})");
  json::set(doc, {"a", "x", "y"}, json::own_text("new", doc));
  json::set(doc, {"c", "d"}, json::value(2));
  BOOST_TEST(json::dump(doc) == R"({"a":{"b":1,"x":{"y":"new"}},"c":{"d":2}})");
}

BOOST_AUTO_TEST_CASE(erasing_takes_away_the_last_step_alone) {
  auto doc = parsed(R"({"a":{"b":1,"c":2},"d":3})");
  json::erase(doc, {"a", "b"});
  json::erase(doc, {"a", "missing", "x"});
  json::erase(doc, {"d", "no object"});
  BOOST_TEST(json::dump(doc) == R"({"a":{"c":2},"d":3})");
}

BOOST_AUTO_TEST_CASE(only_an_empty_object_is_erased_if_empty) {
  auto doc = parsed(R"({"full":{"a":1},"list":[],"empty":{}})");
  json::erase_if_empty(doc, {"empty"});
  json::erase_if_empty(doc, {"full"});
  json::erase_if_empty(doc, {"list"});
  BOOST_TEST(json::dump(doc) == R"({"full":{"a":1},"list":[]})");
}

BOOST_AUTO_TEST_SUITE_END()
