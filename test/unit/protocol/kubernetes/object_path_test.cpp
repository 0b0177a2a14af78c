#include "protocol/kubernetes/api_object.hpp"
#include "protocol/kubernetes/object_path.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(object_path_suite)

BOOST_AUTO_TEST_CASE(the_core_group_has_a_prefix_of_its_own) {
  BOOST_TEST(collection_path(resources::services, "perf") ==
             "/api/v1/namespaces/perf/services");
  BOOST_TEST(collection_path(resources::jobs, "perf") ==
             "/apis/batch/v1/namespaces/perf/jobs");
}

BOOST_AUTO_TEST_CASE(a_path_without_namespace_is_of_the_cluster) {
  BOOST_TEST(collection_path(resources::pods) == "/api/v1/pods");
  BOOST_TEST(object_path(resources::custom_resource_definitions, "", "a.b") ==
             "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a.b");
}

BOOST_AUTO_TEST_CASE(an_object_is_in_its_collection) {
  const api_object lease{resources::leases, "perf", "leader"};
  BOOST_TEST(collection_path(lease) ==
             "/apis/coordination.k8s.io/v1/namespaces/perf/leases");
  BOOST_TEST(object_path(lease) == collection_path(lease) + "/leader");
  BOOST_TEST(in_words(lease) == "Lease \"perf/leader\"");
  BOOST_TEST(in_words(api_object{resources::pods, "", "a"}) == "Pod \"a\"");
}

BOOST_AUTO_TEST_CASE(what_is_no_name_cannot_leave_its_place_in_the_path) {
  BOOST_TEST(object_path(resources::pods, "a/b", "../c?d") ==
             "/api/v1/namespaces/a%2Fb/pods/..%2Fc%3Fd");
}

BOOST_AUTO_TEST_CASE(parameters_are_encoded) {
  BOOST_TEST(path_with_query("/p")
                 .add("watch", "true")
                 .add("labelSelector", "a=b,c d")
                 .take() == "/p?watch=true&labelSelector=a%3Db%2Cc%20d");
}

BOOST_AUTO_TEST_CASE(a_resource_has_the_names_that_manifests_and_roles_use) {
  BOOST_TEST(api_version_of(resources::jobs) == "batch/v1");
  BOOST_TEST(api_version_of(resources::pods) == "v1");
  BOOST_TEST(qualified_name(resources::jobs) == "jobs.batch");
  BOOST_TEST(qualified_name(resources::pods) == "pods");
}

BOOST_AUTO_TEST_SUITE_END()
