#include "actors/resource_builder/spec_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

// The golden files of the manifests cover valid specs.

using namespace locust;

namespace {

std::string faults_of(std::string_view text) {
  spec_faults faults;
  auto spec = json::parse(text).value();
  read_spec_values(spec, faults);
  std::string lines;
  for (const auto& fault : faults)
    lines += fault + '\n';
  return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reading_a_spec)

BOOST_AUTO_TEST_CASE(everything_that_is_wrong_is_named_once) {
  BOOST_TEST(faults_of(R"({"master":{"command":"'"},
                           "worker":{"command":"\"","replicas":0},
                           "volumes":[{"name":1},{"name":"v"},2],
                           "env":[]})") ==
             "spec.image is missing\n"
             "spec.master.command cannot be split: the single quote at column "
             "1 (byte 0) is not closed\n"
             "spec.worker.command cannot be split: the double quote at column "
             "1 (byte 0) is not closed\n"
             "spec.env must be an object, but it is a list\n"
             "spec.volumes[0].name must be a string, but it is 1\n"
             "spec.volumes[2] must be an object, but it is 2\n"
             "spec.worker.replicas must be at least 1, but it is 0\n");
}

BOOST_AUTO_TEST_CASE(what_is_missing_as_a_whole_is_not_missed_in_parts) {
  BOOST_TEST(faults_of("null") == "spec is missing\n");
  BOOST_TEST(faults_of("[]") == "spec must be an object, but it is a list\n");
  BOOST_TEST(faults_of(R"({"image":"i","master":null,"worker":7})") ==
             "spec.master is missing\n"
             "spec.worker must be an object, but it is 7\n");
}

BOOST_AUTO_TEST_CASE(fifty_faults_are_enough) {
  std::string items = "0";
  for (int i = 1; i < 1000; ++i)
    items += ",0";
  auto lines =
      faults_of(R"({"image":"i","master":{"command":""},"worker":{"command":"",
                    "replicas":1},"volumes":[)" +
                items + "]}");
  BOOST_TEST(std::count(lines.begin(), lines.end(), '\n') == 50);
  BOOST_TEST(lines.ends_with("spec.volumes[49] must be an object, but it is "
                             "0\n"));
}

BOOST_AUTO_TEST_SUITE_END()
