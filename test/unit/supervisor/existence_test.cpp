#include "test/unit/supervisor/stage.hpp"

// Children that the garbage collector deletes with their LocustTest are not
// created again (docs/behaviour/lifecycle.md#recovery).

using namespace locust;
using namespace locust::testing;

namespace {

api_response answer_of(int status) {
  api_response made;
  made.status = status;
  made.body = std::make_shared<const std::string>();
  return made;
}

stage unanswered() {
  auto s = stage::started();
  s.read_answer.reset();
  s.quietly();
  return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(existence)

BOOST_AUTO_TEST_CASE(a_child_is_recreated_when_the_test_is_there_afterwards) {
  auto s = unanswered();
  s.misses_service();
  BOOST_TEST(s.read_count == 1);
  s.then_facts({}).then_phase("Running");
  s.reads_test(a_read_of(test_uid)).then_facts({"ChildDeleted"});
  s.then_command("create_child MasterService");
}

BOOST_AUTO_TEST_CASE(a_child_of_a_test_that_is_gone_is_not_recreated) {
  const std::string deleting = R"(,"deletionTimestamp":"2026-11-23T12:00:00Z")";
  for (const auto& answer : {answer_of(404), a_read_of("uid-of-the-next-test"),
                             a_read_of(test_uid, deleting)}) {
    auto s = unanswered();
    s.take();
    s.misses(the_workers()).reads_test(answer);
    s.passes(29s).then_facts({});
    BOOST_TEST(s.take().empty());
    BOOST_TEST(s.read_count == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_test_that_was_not_found_by_mistake_goes_on) {
  auto s = unanswered();
  s.misses_service().reads_test(answer_of(404));
  s.passes(30s);
  BOOST_TEST(s.read_count == 2);
  s.take();
  s.reads_test(a_read_of(test_uid));
  s.then_command("create_child MasterService");
}

BOOST_AUTO_TEST_CASE(an_answer_that_says_nothing_is_asked_for_again) {
  auto half = answer_of(200);
  half.body = std::make_shared<const std::string>(R"({"metadata":{)");
  for (const auto& answer : {answer_of(0), answer_of(500), half}) {
    auto s = unanswered();
    s.misses_service().reads_test(answer);
    s.passes(900ms);
    BOOST_TEST(s.read_count == 1);
    s.passes(100ms);
    BOOST_TEST(s.read_count == 2);
    s.then_facts({});
    s.reads_test(a_read_of(test_uid)).then_facts({"ChildDeleted"});
  }
}

BOOST_AUTO_TEST_CASE(one_read_is_enough_for_children_that_vanished_before_it) {
  auto s = unanswered();
  s.misses_service();
  s.misses(the_workers()); // while the read is under way
  BOOST_TEST(s.read_count == 1);
  s.reads_test(a_read_of(test_uid)).then_facts({"ChildDeleted"});
  BOOST_TEST(s.read_count == 2);
  s.reads_test(a_read_of(test_uid)).then_facts({"ChildDeleted"});
  // Both at once, as after a start.
  auto restarted = stage::started().restarted();
  restarted.quietly();
  lists_all(restarted);
  BOOST_TEST(restarted.read_count == 1);
}

BOOST_AUTO_TEST_CASE(a_deletion_that_the_watch_reports_first_needs_no_read) {
  auto s = unanswered();
  auto test = *s.core.observed().test;
  test.deleting = true;
  s.shows(test).misses(the_workers()).misses_service();
  BOOST_TEST(s.read_count == 0);
}

BOOST_AUTO_TEST_CASE(an_end_does_not_wait_for_a_read) {
  auto s = unanswered();
  s.misses_service().shows(master_pod().exits(0));
  s.shows(the_master().complete());
  s.then_phase("Succeeded");
}

BOOST_AUTO_TEST_SUITE_END()
