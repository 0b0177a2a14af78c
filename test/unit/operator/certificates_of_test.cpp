#include "actors/operator/servers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(certificates_of_)

BOOST_AUTO_TEST_CASE(certificates_are_not_managed_by_default) {
  webhook_options options;
  options.enabled = true;
  BOOST_TEST(!certificates_of(options, "own").has_value());
  options.self_managed = true;
  BOOST_TEST(certificates_of(options, "own").has_value());
  options.enabled = false;
  BOOST_TEST(!certificates_of(options, "own").has_value());
}

BOOST_AUTO_TEST_CASE(options_set_the_namespace) {
  webhook_options options;
  options.enabled = true;
  options.self_managed = true;
  auto settings = certificates_of(options, "own");
  BOOST_TEST_REQUIRE(settings.has_value());
  BOOST_TEST(settings->service.ns == "own");
  BOOST_TEST(settings->service.name == "locust-operator-webhook");
  BOOST_TEST(settings->secret_name == "locust-operator-webhook-certs");
  BOOST_TEST(settings->configuration_name == "locust-operator-validating");
  options.ns = "named";
  options.service = "s";
  options.secret = "c";
  options.configuration = "v";
  settings = certificates_of(options, "own");
  BOOST_TEST_REQUIRE(settings.has_value());
  BOOST_TEST(settings->service.ns == "named");
  BOOST_TEST(settings->service.name == "s");
  BOOST_TEST(settings->secret_name == "c");
  BOOST_TEST(settings->configuration_name == "v");
}

BOOST_AUTO_TEST_SUITE_END()
