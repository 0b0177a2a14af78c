#include "actors/operator/election_settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(election_settings_suite)

BOOST_AUTO_TEST_CASE(settings_name_the_namespace_or_are_in_one) {
  election_options options;
  auto in_pod = election_settings_of(options, "pod-ns", "me");
  BOOST_TEST_REQUIRE(in_pod.has_value());
  BOOST_TEST(in_pod->ns == "pod-ns");
  BOOST_TEST((in_pod->lease_duration == 15s));
  BOOST_TEST((in_pod->renew_deadline == 10s));
  BOOST_TEST((in_pod->retry_period == 2s));
  auto outside = election_settings_of(options, std::nullopt, "me");
  BOOST_TEST_REQUIRE(!outside.has_value());
  BOOST_TEST(outside.error().message ==
             "--leader-elect outside a cluster needs the namespace of the "
             "Lease; set --leader-elect-namespace");
  options.ns = "named";
  BOOST_TEST(election_settings_of(options, "pod-ns", "me")->ns == "named");
  BOOST_TEST(election_settings_of(options, std::nullopt, "me")->ns == "named");
}

BOOST_AUTO_TEST_SUITE_END()
