#include "actors/status_writer/other_conditions.hpp"
#include "document_fixture.hpp"

#include <boost/test/unit_test.hpp>

// Conditions of other controllers stay in the status
// (docs/behaviour/lifecycle.md#status-writes).

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr auto now = test::start;

std::string seen(const std::string& type) {
  return R"({"type":")" + type + R"(","status":"True"})";
}

/// What the API server returns for a write, and for a read after a conflict.
api_response saved(const std::string& version) {
  return test::answer(200, R"({"metadata":{"resourceVersion":")" + version +
                               R"("}})");
}

api_response read_as(const std::string& version,
                     const std::string& conditions) {
  return test::answer(200, R"({"metadata":{"uid":"uid","resourceVersion":")" +
                               version + R"("},"status":{"conditions":)" +
                               conditions + "}}");
}

bool writes(const api_request& request, const std::string& conditions) {
  return request.body->find(R"("conditions":)" + conditions) !=
         std::string::npos;
}

status_document document(uint64_t revision, const std::string& others,
                         const std::string& version = "10") {
  auto made = test::document(revision, test::urgent, 0, version);
  made.document = std::make_shared<const std::string>(R"({"conditions":[1]})");
  made.other_conditions = others;
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(other_conditions_suite)

BOOST_AUTO_TEST_CASE(those_of_others_are_found) {
  struct row {
    std::string status;
    std::string found;
  };
  const row rows[] = {
      {"", ""},
      {"no JSON", ""},
      {"[]", ""},
      {R"({"conditions":null})", ""},
      {R"({"conditions":{"type":"Seen"}})", ""},
      {R"({"conditions":[)" + seen("Ready") + ',' + seen("SpecDrifted") + "]}",
       ""},
      {R"({"conditions":[1,{"status":"True"},)" + seen("A") + ',' +
           seen("Ready") + ',' + seen("B") + "]}",
       '[' + seen("A") + ',' + seen("B") + ']'},
      {R"({"conditions":[)" + seen("A") + R"(,{"type":"A"}]})",
       '[' + seen("A") + ']'},
  };
  for (const auto& r : rows)
    BOOST_TEST(other_conditions(r.status) == r.found);
}

BOOST_AUTO_TEST_CASE(their_size_is_bounded) {
  std::string list;
  for (int i = 0; i < 100; ++i)
    list +=
        (i > 0 ? "," : "") + seen(std::string(1000, 'x') + std::to_string(i));
  auto found = other_conditions(R"({"conditions":[)" + list + "]}");
  BOOST_TEST(found.size() <= other_conditions_limit + 2);
  BOOST_TEST(found.size() > other_conditions_limit / 2);
}

BOOST_AUTO_TEST_CASE(they_stand_behind_those_of_the_operator) {
  BOOST_TEST(with_conditions(R"({"a":1,"conditions":[2]})", "[3,4]") ==
             R"({"a":1,"conditions":[2,3,4]})");
  BOOST_TEST(with_conditions(R"({"a":1})", "[3]") ==
             R"({"a":1,"conditions":[3]})");
  BOOST_TEST(with_conditions("broken", "[3]") == "broken");
}

BOOST_AUTO_TEST_CASE(a_write_contains_those_that_the_sender_saw) {
  document_flow flow;
  flow.save(document(1, "[3]"), now);
  BOOST_TEST(writes(flow.take(), "[1,3]"));
}

BOOST_AUTO_TEST_CASE(a_write_after_a_conflict_contains_what_was_read) {
  document_flow flow;
  flow.save(document(1, "[3]"), now);
  flow.take();
  flow.answered(test::answer(409), now);
  flow.take();
  flow.answered(read_as("12", '[' + seen("New") + ']'), now);
  BOOST_TEST(writes(flow.take(), "[1," + seen("New") + ']'));
  flow.answered(saved("13"), now);
  // The watch of the sender is still at version 10.
  flow.save(document(2, "[3]"), now);
  BOOST_TEST(writes(flow.take(), "[1," + seen("New") + ']'));
  flow.answered(saved("14"), now);
  // And now it is ahead.
  flow.save(document(3, "[5]", "15"), now);
  BOOST_TEST(writes(flow.take(), "[1,5]"));
}

BOOST_AUTO_TEST_CASE(one_that_was_removed_does_not_come_back) {
  document_flow flow;
  flow.save(document(1, "[3]"), now);
  flow.take();
  flow.answered(test::answer(409), now);
  flow.take();
  flow.answered(read_as("12", "[]"), now);
  BOOST_TEST(writes(flow.take(), "[1]"));
}

BOOST_AUTO_TEST_SUITE_END()
