#include "actors/metrics/test_page.hpp"

#include <boost/test/unit_test.hpp>

#include <prometheus/text_serializer.h>

using namespace locust;

namespace {

std::string text_of(const test_census& census) {
  return prometheus::TextSerializer().Serialize(families_of(census));
}

} // namespace

BOOST_AUTO_TEST_SUITE(test_page)

BOOST_AUTO_TEST_CASE(a_running_test_has_all_series) {
  load_figures load;
  load.users = 10;
  load.requests_per_second = 12.25;
  load.failures_per_second = 3;
  load.fail_ratio = 0.25;
  load.p50 = 6;
  load.p95 = 61;
  load.p99 = 90'500;
  load.requests = 12'345'678'901;
  load.failures = 10;
  load.missing = 0;
  test_census census;
  census.own.push_back(
      {{"shop", "t"}, test_phase::running, worker_counts{3, 2}, load});
  std::string expected =
      R"(# HELP locust_operator_other_tests LocustTests without series of their own; _others sums them up.
# TYPE locust_operator_other_tests gauge
locust_operator_other_tests 0
# HELP locust_operator_test_phase 1 for the phase of a test; of _others, the number of tests.
# TYPE locust_operator_test_phase gauge
locust_operator_test_phase{namespace="shop",test="t",phase="Running"} 1
# HELP locust_operator_test_workers_expected Workers that a test should have.
# TYPE locust_operator_test_workers_expected gauge
locust_operator_test_workers_expected{namespace="shop",test="t"} 3
# HELP locust_operator_test_workers_connected Connected workers of a test, as in its status.
# TYPE locust_operator_test_workers_connected gauge
locust_operator_test_workers_connected{namespace="shop",test="t"} 2
# HELP locust_operator_test_workers_missing Workers of a test that its Locust master misses.
# TYPE locust_operator_test_workers_missing gauge
locust_operator_test_workers_missing{namespace="shop",test="t"} 0
# HELP locust_operator_test_users Users of a test.
# TYPE locust_operator_test_users gauge
locust_operator_test_users{namespace="shop",test="t"} 10
# HELP locust_operator_test_requests_per_second Requests per second of a test, in the last 10 s.
# TYPE locust_operator_test_requests_per_second gauge
locust_operator_test_requests_per_second{namespace="shop",test="t"} 12.25
# HELP locust_operator_test_failures_per_second Failed requests per second of a test, in the last 10 s.
# TYPE locust_operator_test_failures_per_second gauge
locust_operator_test_failures_per_second{namespace="shop",test="t"} 3
# HELP locust_operator_test_fail_ratio Failed requests of a test among all, 0 to 1.
# TYPE locust_operator_test_fail_ratio gauge
locust_operator_test_fail_ratio{namespace="shop",test="t"} 0.25
# HELP locust_operator_test_requests_total Requests of a test, as its Locust master counts them.
# TYPE locust_operator_test_requests_total counter
locust_operator_test_requests_total{namespace="shop",test="t"} 12345678901
# HELP locust_operator_test_failures_total Failed requests of a test, as its Locust master counts them.
# TYPE locust_operator_test_failures_total counter
locust_operator_test_failures_total{namespace="shop",test="t"} 10
# HELP locust_operator_test_response_time_seconds Response times of a test, in the last 10 s if Locust says that.
# TYPE locust_operator_test_response_time_seconds gauge
locust_operator_test_response_time_seconds{namespace="shop",test="t",percentile="50"} 0.006
locust_operator_test_response_time_seconds{namespace="shop",test="t",percentile="95"} 0.061
locust_operator_test_response_time_seconds{namespace="shop",test="t",percentile="99"} 90.5
)";
  BOOST_TEST(text_of(census) == expected);
}

BOOST_AUTO_TEST_CASE(what_is_unknown_has_no_series) {
  BOOST_TEST(text_of({}).find("locust_operator_test_") == std::string::npos);
  test_census census;
  census.own.push_back({{"shop", "t"}, test_phase::failed, {}, {}});
  auto text = text_of(census);
  BOOST_TEST(text.find("phase=\"Failed\"} 1\n") != std::string::npos);
  for (const char* absent : {"workers", "users", "response_time"})
    BOOST_TEST(text.find(absent) == std::string::npos, absent);
}

BOOST_AUTO_TEST_CASE(others_have_one_series_where_a_sum_means_something) {
  test_census census;
  census.others.phases = {0, 2, 1, 9'000, 0, 0};
  load_figures load;
  load.users = 10;
  load.fail_ratio = 0.25;
  load.p95 = 61;
  load.requests = 40;
  for (int i = 0; i < 3; ++i)
    add_figures(census.others,
                {{}, test_phase::running, worker_counts{3, 2}, load});
  auto text = text_of(census);
  constexpr auto whose = "{namespace=\"_others\",test=\"_others\"";
  auto serves = [&](const std::string& name, const std::string& rest) {
    return text.find("\nlocust_operator_" + name + rest + '\n') !=
           std::string::npos;
  };
  BOOST_TEST(serves("other_tests", " 9003"));
  BOOST_TEST(
      serves("test_phase", whose + std::string(",phase=\"Pending\"} 2")));
  BOOST_TEST(
      serves("test_phase", whose + std::string(",phase=\"Succeeded\"} 9000")));
  BOOST_TEST(serves("test_users", whose + std::string("} 30")));
  BOOST_TEST(serves("test_workers_expected", whose + std::string("} 9")));
  BOOST_TEST(serves("test_workers_connected", whose + std::string("} 6")));
  for (const char* absent : {"fail_ratio", "response_time", "_total",
                             "phase=\"Failed\"", "workers_missing"})
    BOOST_TEST(text.find(absent) == std::string::npos, absent);
}

BOOST_AUTO_TEST_SUITE_END()
