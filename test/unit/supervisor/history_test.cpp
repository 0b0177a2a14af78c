#include "test/unit/supervisor/story.hpp"

// `.status.history`: which entries are kept, and that the state is their fold.

using namespace locust;
using namespace locust::testing;

namespace {

std::vector<std::string> kinds(const lifecycle::state& s) {
  std::vector<std::string> result;
  for (const auto& entry : s.history)
    result.emplace_back(kind_of(entry.event.fact));
  return result;
}

using names = std::vector<std::string>;

/// Invariant: the fold of the history is the state.
void check_law(const story& s) {
  auto again = lifecycle::restore(s.state().history);
  BOOST_CHECK_MESSAGE(same_meaning(again, s.state()),
                      "the fold of the history differs after\n"
                          << s.list());
  BOOST_CHECK_MESSAGE(s.state().history.size() <= lifecycle::history_limit,
                      "more than 32 entries after\n"
                          << s.list());
  uint64_t last = 0;
  for (const auto& entry : s.state().history) {
    BOOST_CHECK_MESSAGE(entry.sequence > last, "sequence goes back");
    last = entry.sequence;
  }
}

story& step(story& s, const lifecycle_fact& fact) {
  s.when(fact);
  check_law(s);
  return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(a_usual_run_is_recorded_completely) {
  story s;
  s.given(succeeded_run());
  BOOST_TEST(kinds(s.state()) ==
                 (names{"Accepted", "ChildCreated", "ChildCreated",
                        "ChildCreated", "Running", "TestStarted", "Ended"}),
             boost::test_tools::per_element());
  check_law(s);
}

BOOST_AUTO_TEST_CASE(the_fold_is_the_state_after_every_step) {
  story s;
  for (const auto& fact :
       started_run() + facts{fact::workers_connected{1, worker_source::master},
                             fact::workers_connected{3, worker_source::master},
                             fact::pods_healthy{true},
                             fact::spec_edited{"hash-b", true},
                             fact::workers_connected{2, worker_source::master},
                             fact::pods_failing{"PodLost", "m"}, workers_lost(),
                             fact::stored{99}, workers_created("uid-w2"),
                             fact::running{}, fact::pods_healthy{true},
                             fact::ended{end_cause::master_failed, 1, "no"}})
    step(s, fact);
}

BOOST_AUTO_TEST_CASE(workers_that_connect_one_by_one_are_one_entry) {
  story s;
  s.given({fact::accepted{"hash-a", 500, {}}, fact::stored{1},
           service_created(), master_created(), workers_created(),
           fact::running{}, fact::test_started{"p", "n"}});
  auto before = s.state().history.size();
  for (int i = 1; i <= 500; ++i)
    s.when(fact::workers_connected{i, worker_source::master});
  // The one that changed the condition, and the previous one.
  BOOST_TEST(s.state().history.size() - before <= 2U);
  check_law(s);
}

BOOST_AUTO_TEST_CASE(the_count_that_was_the_peak_is_kept) {
  story s;
  s.given(started_run());
  for (int i : {1, 2, 3, 2, 1, 2, 3, 1})
    step(s, fact::workers_connected{i, worker_source::master});
  auto again = lifecycle::restore(s.state().history);
  BOOST_TEST(again.run.peak == 3);
  BOOST_TEST(again.run.connected == 1);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_fails_again_in_the_same_way_is_one_entry) {
  story s;
  s.given(accepted_run(60)).given({service_created()});
  for (int i = 0; i < 20; ++i) {
    step(s, refused(child_kind::master_job, "quota"));
    step(s, fact::retrying{});
    s.when_stored();
  }
  BOOST_TEST(kinds(s.state()) == (names{"Accepted", "ChildCreated",
                                        "CreateFailed", "Retrying"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_history_of_a_long_run_stays_short) {
  story s;
  s.given(started_run());
  for (int i = 0; i < 40; ++i) {
    auto now = std::to_string(i);
    auto uid = i == 0 ? worker_uid : "uid-w" + std::to_string(i - 1);
    step(s, workers_lost(uid));
    s.when_stored();
    step(s, workers_created("uid-w" + now));
    step(s, fact::running{});
    step(s, fact::pods_failing{"ImagePullError", "message " + now});
    step(s, fact::pods_healthy{i % 2 == 0});
    step(s, fact::workers_connected{i % 4, worker_source::master});
    s.at_generation(i + 2);
    step(s, fact::spec_edited{"hash-" + now, i % 2 == 0});
  }
  s.check(s.state().history.size() == lifecycle::history_limit,
          "as much as may be is kept");
  s.check(kinds(s.state()).front() == "Accepted", "the beginning is kept");
}

BOOST_AUTO_TEST_CASE(masters_that_are_deleted_over_and_over_keep_it_short) {
  story s;
  s.given(started_run());
  for (int i = 0; i < 40; ++i) {
    auto uid = i == 0 ? master_uid : "uid-m" + std::to_string(i - 1);
    step(s, master_lost(uid));
    s.when_stored();
    step(s, refused(child_kind::master_job, "quota " + std::to_string(i)));
    step(s, fact::retrying{});
    step(s, master_created("uid-m" + std::to_string(i)));
    step(s, fact::running{});
    step(s, fact::test_started{"p" + std::to_string(i), "n"});
  }
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_keeps_the_order) {
  story s;
  s.given(launched_run()).later(-1h);
  step(s, fact::running{});
  step(s, fact::test_started{"p", "n"});
  const auto& all = s.state().history;
  for (size_t i = 1; i < all.size(); ++i)
    BOOST_TEST((all[i - 1].event.at <= all[i].event.at));
}

BOOST_AUTO_TEST_CASE(sequences_go_on_after_a_restart) {
  story s;
  s.given(running_run()).restarted();
  s.when(fact::test_started{"p", "n"});
  BOOST_TEST(s.state().history.back().sequence == 6U);
  check_law(s);
}

BOOST_AUTO_TEST_CASE(recent_events_are_published_again_after_a_restart) {
  story s;
  s.given(running_run()).later(30s).restarted();
  s.then_command("publish_event Normal Created \"Created Service "
                 "load-master, Job load-master, Job load-worker\"");
  story late;
  late.given(running_run()).later(2min).restarted().then_no_command();
}

BOOST_AUTO_TEST_CASE(what_is_not_stored_yet_is_not_published_by_a_restart) {
  // Found finished before the history was restored.
  story s;
  s.given(started_run());
  auto restored = lifecycle::restore(s.state().history);
  lifecycle_event end{s.now(), 1,
                      fact::ended{end_cause::master_failed, 1, "x"}};
  restored = lifecycle::evolve(restored, end);
  lifecycle_event again{s.now(), 1, fact::resumed{}};
  restored = lifecycle::evolve(restored, again);
  for (const auto& c : lifecycle::decide(restored, again))
    BOOST_TEST(describe(c).find("TestFailed") == std::string::npos);
  lifecycle_event kept{s.now(), 1, fact::stored{restored.revision}};
  restored = lifecycle::evolve(restored, kept);
  auto todo = lifecycle::decide(restored, kept);
  BOOST_REQUIRE(todo.size() == 1U);
  BOOST_TEST(describe(todo[0]) ==
             "publish_event Warning TestFailed \"Load test failed: x\"");
}

BOOST_AUTO_TEST_CASE(what_waits_to_be_published_is_bounded) {
  story s;
  s.given(started_run());
  for (int i = 0; i < 200; ++i)
    s.when(fact::pods_failing{"PodLost", "message " + std::to_string(i)});
  BOOST_TEST(s.state().outbox.size() <= lifecycle::history_limit);
}

BOOST_AUTO_TEST_SUITE_END()
