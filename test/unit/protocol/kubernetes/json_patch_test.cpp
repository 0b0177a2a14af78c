#include "protocol/kubernetes/json_patch.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(json_patch_suite)

BOOST_AUTO_TEST_CASE(operations_come_in_the_order_of_the_calls) {
  BOOST_TEST(json_patch()
                 .test("/metadata/uid", "u\"1")
                 .replace("/metadata/resourceVersion", "41")
                 .add("/a/b", "c")
                 .add_json("/status", R"({"phase":"Running"})")
                 .take() ==
             R"([{"op":"test","path":"/metadata/uid","value":"u\"1"},)"
             R"({"op":"replace","path":"/metadata/resourceVersion",)"
             R"("value":"41"},)"
             R"({"op":"add","path":"/a/b","value":"c"},)"
             R"({"op":"add","path":"/status","value":{"phase":"Running"}}])");
}

BOOST_AUTO_TEST_CASE(a_list_may_be_empty) {
  const std::vector<std::string> none;
  const std::vector<std::string> two = {"a", "b"};
  BOOST_TEST(json_patch().replace("/x", none).replace("/y", two).take() ==
             R"([{"op":"replace","path":"/x","value":[]},)"
             R"({"op":"replace","path":"/y","value":["a","b"]}])");
}

BOOST_AUTO_TEST_SUITE_END()
