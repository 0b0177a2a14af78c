#include "actors/event_recorder/event_object.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

event_object sample() {
  event_object e;
  e.test = {"shop", "load"};
  e.test_uid = "u-1";
  e.name = "load.0123456789abcdef";
  e.type = severity::warning;
  e.reason = "TestFailed";
  e.message = "load \"test\" failed";
  e.first = *parse_rfc3339("2026-11-23T18:28:50.7Z");
  e.last = e.first + 61s;
  e.count = 3;
  return e;
}

} // namespace

BOOST_AUTO_TEST_SUITE(event_object_)

BOOST_AUTO_TEST_CASE(an_event_is_created_in_the_form_of_the_contract) {
  auto request = create_event(sample());
  BOOST_TEST((request.verb == http_verb::post));
  BOOST_TEST((request.in == lane::event));
  BOOST_TEST(request.target == "/api/v1/namespaces/shop/events");
  BOOST_TEST(
      *request.body ==
      R"({"apiVersion":"v1","kind":"Event",)"
      R"("metadata":{"name":"load.0123456789abcdef","namespace":"shop"},)"
      R"("involvedObject":{"apiVersion":"locust.io/v2","kind":"LocustTest",)"
      R"("name":"load","namespace":"shop","uid":"u-1"},)"
      R"("type":"Warning","reason":"TestFailed",)"
      R"("message":"load \"test\" failed",)"
      R"("firstTimestamp":"2026-11-23T18:28:50Z",)"
      R"("lastTimestamp":"2026-11-23T18:29:51Z","count":3,)"
      R"("source":{"component":"locusttest-controller"},)"
      R"("reportingComponent":"locusttest-controller",)"
      R"("reportingInstance":""})");
}

BOOST_AUTO_TEST_CASE(an_update_changes_what_may_change_and_nothing_else) {
  auto request = update_event(sample());
  BOOST_TEST((request.verb == http_verb::merge_patch));
  BOOST_TEST(request.target ==
             "/api/v1/namespaces/shop/events/load.0123456789abcdef");
  BOOST_TEST(*request.body ==
             R"({"count":3,"lastTimestamp":"2026-11-23T18:29:51Z",)"
             R"("message":"load \"test\" failed"})");
}

BOOST_AUTO_TEST_CASE(a_name_is_derived_from_its_occurrence) {
  auto name = event_name("load", "u-1", 7, "Created");
  // A fixed value: every build must produce the same.
  BOOST_TEST(name == "load.655f554686da66d4");
  BOOST_TEST(event_name("load", "u-2", 7, "Created") != name);
  BOOST_TEST(event_name("load", "u-1", 8, "Created") != name);
  BOOST_TEST(event_name("load", "u-1", 7, "Deleting") != name);
  BOOST_TEST(event_name("load", "u-17", 1, "x") !=
             event_name("load", "u-1", 71, "x"));
}

BOOST_AUTO_TEST_CASE(a_long_test_name_is_cut_to_a_valid_event_name) {
  std::string longest(253, 'a');
  BOOST_TEST(event_name(longest, "u", 1, "x").size() == 253u);
  std::string dotted = std::string(235, 'a') + "." + std::string(10, 'b');
  auto name = event_name(dotted, "u", 1, "x");
  BOOST_TEST(name.substr(0, 236) == std::string(235, 'a') + ".");
  BOOST_TEST(name.find("..") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
