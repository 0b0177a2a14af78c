#include "protocol/kubernetes/object_metadata.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(object_metadata_suite)

BOOST_AUTO_TEST_CASE(a_controller_that_is_written_is_read_back) {
  const owner_reference owner{"locust.io/v2", "LocustTest", "load", "u-1"};
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  out.Key("metadata");
  out.StartObject();
  put_controller(out, owner);
  out.EndObject();
  out.EndObject();
  auto object = json::parse({buffer.GetString(), buffer.GetSize()});
  BOOST_REQUIRE(object.has_value());
  BOOST_TEST((controller_of(*object) == owner));
}

BOOST_AUTO_TEST_CASE(another_owner_is_no_controller) {
  for (
      const auto* text :
      {R"({})", R"({"metadata":{"ownerReferences":7}})",
       R"({"metadata":{"ownerReferences":[{"uid":"a"}]}})",
       R"({"metadata":{"ownerReferences":[{"uid":"a","controller":false}]}})"}) {
    auto object = json::parse(text);
    BOOST_REQUIRE(object.has_value());
    BOOST_TEST(!controller_of(*object).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_version_is_found_or_empty) {
  BOOST_TEST(resource_version_in(R"({"metadata":{"resourceVersion":"7"}})") ==
             "7");
  BOOST_TEST(resource_version_in(R"({"metadata":{}})") == "");
  BOOST_TEST(resource_version_in("<html>") == "");
}

BOOST_AUTO_TEST_SUITE_END()
