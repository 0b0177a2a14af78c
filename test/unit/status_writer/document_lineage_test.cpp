#include "document_fixture.hpp"

#include <boost/test/unit_test.hpp>

// Which stored history a write may replace.

using namespace locust;
using namespace locust::test;

namespace {

struct fixture {
  document_flow flow;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(document_lineage, fixture)

BOOST_AUTO_TEST_CASE(what_another_leader_has_stored_is_not_overwritten) {
  // Both writers added entry 6 to the same history; the other one was faster.
  flow.save(document(1, urgent, 6), start);
  flow.take();
  flow.answered(answer(409), start);
  flow.take();
  auto outcome =
      flow.answered(stored_as("uid", "20", 6, "2026-11-23T00:00:00Z"), start);
  BOOST_TEST_REQUIRE(outcome.superseded.has_value());
  BOOST_TEST(outcome.superseded->resource_version == "20");
  BOOST_TEST(outcome.superseded->status ==
             R"({"history":[{"sequence":6,"time":"2026-11-23T00:00:00Z"}]})");
  BOOST_TEST(!outcome.stored.has_value());
  BOOST_TEST(!flow.due().has_value());
  // Another document of the old state gets the same answer, with its own
  // version as guard.
  auto late = document(2, urgent, 7, "10");
  late.base = {5, {}};
  flow.save(late, start);
  BOOST_TEST(guards_version(flow.take(), "10"));
  flow.answered(answer(409), start);
  flow.take();
  BOOST_TEST(
      flow.answered(stored_as("uid", "20", 6, "2026-11-23T00:00:00Z"), start)
          .superseded.has_value());
}

BOOST_AUTO_TEST_CASE(a_document_that_is_made_from_what_was_found_goes_on) {
  flow.save(document(1, urgent, 6), start);
  flow.take();
  flow.answered(answer(409), start);
  flow.take();
  flow.answered(stored_as("uid", "20", 8), start);
  BOOST_TEST(!flow.due().has_value());
  flow.save(document(2, urgent, 9, "20"), start);
  BOOST_TEST(guards_version(flow.take(), "20"));
  flow.answered(answer(409), start);
  flow.take();
  // Its metadata changed, but not its status.
  auto outcome = flow.answered(stored_as("uid", "21", 8), start);
  BOOST_TEST(!outcome.superseded.has_value());
  BOOST_TEST(guards_version(flow.take(), "21"));
}

BOOST_AUTO_TEST_CASE(a_shorter_history_was_edited_and_is_replaced) {
  flow.save(document(1, urgent, 6), start);
  flow.take();
  flow.answered(stored_as("uid", "11", 6), start);
  flow.save(document(2, urgent, 7), start);
  flow.take();
  flow.answered(answer(409), start);
  flow.take();
  auto outcome = flow.answered(stored_as("uid", "20", 5), start);
  BOOST_TEST(!outcome.superseded.has_value());
  BOOST_TEST(guards_version(flow.take(), "20"));
}

BOOST_AUTO_TEST_CASE(
    a_history_with_no_entry_of_ours_was_edited_and_is_replaced) {
  flow.save(document(1, urgent, 6), start);
  flow.take();
  flow.answered(stored_as("uid", "11", 6), start);
  flow.save(document(2, urgent, 7), start);
  flow.take();
  flow.answered(answer(409), start);
  flow.take();
  auto outcome =
      flow.answered(stored_as("uid", "20", 64, "9999-12-31T23:59:59Z"), start);
  BOOST_TEST(!outcome.superseded.has_value());
  BOOST_TEST(guards_version(flow.take(), "20"));
}

BOOST_AUTO_TEST_CASE(all_that_was_sent_without_an_answer_may_be_stored) {
  flow.save(document(1, urgent, 6), start);
  flow.take();
  flow.save(document(2, urgent, 7), start);
  flow.answered(answer(0), start);
  flow.take();
  flow.save(document(3, urgent, 8), start);
  flow.answered(answer(409), start);
  flow.take();
  auto outcome = flow.answered(stored_as("uid", "20", 6), start);
  BOOST_TEST(!outcome.superseded.has_value());
  BOOST_TEST(guards_version(flow.take(), "20"));
}

BOOST_AUTO_TEST_SUITE_END()
