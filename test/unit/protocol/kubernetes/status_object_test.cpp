#include "protocol/kubernetes/status_object.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(status_object_suite)

BOOST_AUTO_TEST_CASE(all_its_members_are_read) {
  auto said = parse_status(
      R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
      R"("message":"Timeout: Too large resource version: 9, current: 8",)"
      R"("reason":"Timeout","details":{"causes":[{"reason":"Other"},{},)"
      R"({"reason":"ResourceVersionTooLarge","message":"Too large"}],)"
      R"("retryAfterSeconds":3},"code":504})");
  BOOST_REQUIRE(said.has_value());
  BOOST_TEST(said->code == 504);
  BOOST_TEST(said->reason == "Timeout");
  BOOST_TEST(said->message.starts_with("Timeout: Too large"));
  BOOST_TEST((said->causes == std::vector<std::string>{
                                  "Other", "", "ResourceVersionTooLarge"}));
  BOOST_TEST((said->retry_after == 3s));
  BOOST_TEST(is_version_too_large(*said));
}

BOOST_AUTO_TEST_CASE(
    older_servers_report_a_future_version_only_in_the_message) {
  BOOST_TEST(is_version_too_large(
      parse_status(R"({"message":"Too large resource version: 9"})").value()));
  BOOST_TEST(
      !is_version_too_large(parse_status(R"({"message":"Timeout"})").value()));
}

BOOST_AUTO_TEST_CASE(a_wait_is_positive_and_limited) {
  auto wait = [](const std::string& seconds) {
    return parse_status(R"({"kind":"Status","details":{"retryAfterSeconds":)" +
                        seconds + "}}")
        .value()
        .retry_after;
  };
  for (const auto* none : {"0", "-1", "null", "\"3\"", "1.5"})
    BOOST_TEST(!wait(none).has_value(), none);
  BOOST_TEST((wait("1") == 1s));
  BOOST_TEST((wait("86400") == status_object::longest_wait));
}

BOOST_AUTO_TEST_CASE(what_has_neither_kind_nor_message_is_no_status) {
  for (const auto* body : {"", "<html>", "[1]", "7", "{}", R"({"kind":"Pod"})",
                           R"({"message":7})", R"({"kind":"Status")"})
    BOOST_TEST(!parse_status(body).has_value(), body);
}

BOOST_AUTO_TEST_CASE(invalid_members_count_as_missing) {
  auto said = parse_status(
      R"({"kind":"Status","reason":7,"message":[],"details":"x","code":"1"})");
  BOOST_REQUIRE(said.has_value());
  status_object nothing;
  nothing.code = 500;
  BOOST_TEST((*said == nothing));
}

BOOST_AUTO_TEST_SUITE_END()
