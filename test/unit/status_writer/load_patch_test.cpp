#include "actors/status_writer/load_patch.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(load_patch)

BOOST_AUTO_TEST_CASE(only_changed_members_are_written) {
  struct row {
    const char* name;
    const char* stored;
    const char* wanted;
    const char* changes; ///< empty for none
  };
  const row rows[] = {
      {"nothing", R"({"a":1,"b":{"c":2}})", R"({"b":{"c":2},"a":1})", ""},
      {"one member", R"({"a":1,"b":2})", R"({"a":1,"b":3})", R"({"b":3})"},
      {"a new one", R"({"a":1})", R"({"a":1,"b":"x"})", R"({"b":"x"})"},
      {"one less", R"({"a":1,"b":2})", R"({"a":1})", R"({"b":null})"},
      {"further down", R"({"w":{"a":1,"b":2,"c":3}})", R"({"w":{"a":1,"b":5}})",
       R"({"w":{"b":5,"c":null}})"},
      {"an object instead", R"({"w":1})", R"({"w":{"a":1}})",
       R"({"w":{"a":1}})"},
      {"no JSON", "", R"({"w":1})", ""},
      {"no object", R"({"w":1})", "[]", ""},
  };
  for (const auto& [name, stored, wanted, changes] : rows)
    BOOST_TEST(changes_between(stored, wanted).value_or("") == changes, name);
}

BOOST_AUTO_TEST_CASE(the_request_is_guarded_and_may_wait) {
  auto request = patch_load({"ns", "t"}, "12", R"({"users":7})");
  BOOST_TEST((request.verb == http_verb::merge_patch));
  BOOST_TEST(request.target == "/apis/locust.io/v2/namespaces/ns/locusttests/t/"
                               "status");
  BOOST_TEST(*request.body == R"({"metadata":{"resourceVersion":"12"},)"
                              R"("status":{"load":{"users":7}}})");
  BOOST_TEST((request.in == lane::background));
}

BOOST_AUTO_TEST_SUITE_END()
