#include "tools/lib/bench/player/plan.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace locust;
using namespace std::chrono_literals;

namespace {

struct template_case {
  std::string_view name;
  std::string_view text;
  std::string_view filled;
};

constexpr template_case template_cases[] = {
    {"an empty text stays empty", "", ""},
    {"a text without placeholders stays as it is", "a@b @name@", "a@b @name@"},
    {"each placeholder is replaced wherever it is",
     "@NAME@/@NAMESPACE@/@UID@/@POD@ @NAME@", "n/s/u/p n"},
    {"placeholders may follow each other", "@UID@@UID@", "uu"},
    {"a name is not part of the longer placeholder", "@NAMESPACE@NAME@",
     "sNAME@"},
};

} // namespace

BOOST_AUTO_TEST_CASE(placeholders_are_replaced) {
  for (const auto& c : template_cases)
    BOOST_TEST_CONTEXT(c.name) {
      auto filled = bench::text_template(c.text).fill("n", "s", "u", "p");
      BOOST_TEST(filled == c.filled);
    }
}

BOOST_AUTO_TEST_CASE(a_plan_has_defaults) {
  auto read = bench::read_plan(R"({"command":"create"})");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->command == "create");
  BOOST_TEST(read->prefix == "t");
  BOOST_TEST(read->in_flight == 16);
  BOOST_TEST(!read->is_floor);
  BOOST_TEST(!read->has_pods);
  BOOST_TEST(read->children.empty());
}

BOOST_AUTO_TEST_CASE(a_plan_is_read) {
  auto read = bench::read_plan(
      R"({"namespace":"s","prefix":"x","count":3,"finished":2,"inFlight":4,)"
      R"("workers":5,"floor":true,"pods":true,"patience":7,"test":"@NAME@",)"
      R"("addresses":["127.1.0.1","127.1.0.2"],)"
      R"("children":[{"path":"/a","body":"@UID@"}],)"
      R"("status":{"path":"/b/@NAME@","body":"c"}})");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->name_space == "s");
  BOOST_TEST(read->count == 3);
  BOOST_TEST(read->finished == 2);
  BOOST_TEST(read->in_flight == 4);
  BOOST_TEST(read->workers == 5);
  BOOST_TEST(read->is_floor);
  BOOST_TEST(read->has_pods);
  BOOST_TEST((read->patience == 7s));
  BOOST_TEST(read->test.fill("n", "s", "u") == "n");
  BOOST_REQUIRE(read->addresses.size() == 2);
  BOOST_TEST(read->addresses[1] == "127.1.0.2");
  BOOST_REQUIRE(read->children.size() == 1);
  BOOST_TEST(read->children[0].body.fill("n", "s", "u") == "u");
  BOOST_TEST(read->status.path.fill("n", "s", "u") == "/b/n");
}

BOOST_AUTO_TEST_CASE(a_plan_that_is_no_json_is_refused) {
  auto read = bench::read_plan("{");
  BOOST_REQUIRE(!read);
  BOOST_TEST(read.error().message.starts_with("the plan is no JSON"));
}
