#include "actors/api_watcher/watch_target.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(watch_target_suite)

BOOST_AUTO_TEST_CASE(each_kind_has_its_place_and_selector) {
  struct row {
    watched_kind kind;
    const char* expected;
  };
  using kind = watched_kind;
  for (auto [of, expected] : {
           row{kind::locust_tests, "/apis/locust.io/v2/locusttests?limit=500"},
           row{kind::services, "/api/v1/services?limit=500"},
           row{kind::jobs, "/apis/batch/v1/jobs?labelSelector="
                           "managed-by%3Dlocust-k8s-operator&limit=500"},
           row{kind::pods, "/api/v1/pods?labelSelector="
                           "managed-by%3Dlocust-k8s-operator&limit=500"},
           row{kind::pod_warnings,
               "/api/v1/events?fieldSelector=reason%3DFailedMount%2C"
               "involvedObject.kind%3DPod&limit=500"},
           row{kind::job_warnings,
               "/api/v1/events?fieldSelector=reason%3DFailedCreate%2C"
               "involvedObject.kind%3DJob&limit=500"},
       })
    BOOST_TEST(list_request({of}, {}) == expected);
}

BOOST_AUTO_TEST_CASE(a_namespace_goes_into_the_path) {
  BOOST_TEST(list_request({watched_kind::locust_tests, "perf"}, {}) ==
             "/apis/locust.io/v2/namespaces/perf/locusttests?limit=500");
  BOOST_TEST(list_request({watched_kind::services, "perf"}, {}) ==
             "/api/v1/namespaces/perf/services?limit=500");
  BOOST_TEST(describe({watched_kind::services, "perf"}) ==
             "services in namespace perf");
}

BOOST_AUTO_TEST_CASE(a_page_names_its_lower_bound_or_its_token) {
  watch_target target{watched_kind::services};
  BOOST_TEST(list_request(target, {.not_older_than = "42"}) ==
             "/api/v1/services?limit=500&resourceVersion=42"
             "&resourceVersionMatch=NotOlderThan");
  BOOST_TEST(
      list_request(target, {.not_older_than = "42", .continue_from = "a+/="}) ==
      "/api/v1/services?limit=500&continue=a%2B%2F%3D");
  BOOST_TEST(list_request(target, {.limit = 0}) == "/api/v1/services");
}

BOOST_AUTO_TEST_CASE(a_watch_has_the_same_selector_bookmarks_and_an_end) {
  BOOST_TEST(watch_request({watched_kind::pods}, "42", 345s) ==
             "/api/v1/pods?labelSelector=managed-by%3Dlocust-k8s-operator"
             "&watch=true&allowWatchBookmarks=true&resourceVersion=42"
             "&timeoutSeconds=345");
}

BOOST_AUTO_TEST_CASE(only_services_come_as_metadata) {
  BOOST_TEST(list_accept(watched_kind::services) ==
             "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
             ", application/json");
  BOOST_TEST(watch_accept(watched_kind::services) ==
             "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
             ", application/json");
  BOOST_TEST(list_accept(watched_kind::jobs).empty());
  BOOST_TEST(watch_accept(watched_kind::jobs).empty());
}

BOOST_AUTO_TEST_SUITE_END()
