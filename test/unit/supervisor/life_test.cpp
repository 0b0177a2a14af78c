#include "test/unit/supervisor/stage.hpp"

// The normal course of a run and its end: phases and conditions of
// docs/behaviour/lifecycle.md.

using namespace locust;
using namespace locust::testing;

BOOST_AUTO_TEST_SUITE(life)

BOOST_AUTO_TEST_CASE(a_fresh_test_is_pending_with_four_conditions) {
  story()
      .when(fact::accepted{"hash-a", 3, {}})
      .then_phase("Pending")
      .then(condition_type::ready, "False", "ResourcesCreating",
            "Resources are being created")
      .then(condition_type::workers_connected, "False", "WaitingForWorkers",
            "Waiting for workers")
      .then(condition_type::test_completed, "False", "TestInProgress",
            "The test has not started")
      .then(condition_type::pods_healthy, "True", "PodsStarting",
            "Waiting for pods to start")
      .then_commands(
          {"write_status revision 1 (may wait)", "create_child MasterService"});
}

BOOST_AUTO_TEST_CASE(with_a_ttl_no_run_is_created_before_the_intent_is_stored) {
  story s;
  s.given({fact::accepted{"hash-a", 3, 0}});
  s.when(service_created()).then_commands({"write_status revision 2"});
  s.when(fact::stored{1}).then_no_command();
  s.when(fact::stored{2}).then_commands({"create_child MasterJob"});
  s.when(fact::stored{2}).then_no_command();
}

BOOST_AUTO_TEST_CASE(without_a_ttl_the_job_is_the_record) {
  story s;
  s.given({fact::accepted{"hash-a", 3, {}}});
  s.when(service_created())
      .then_commands(
          {"write_status revision 2 (may wait)", "create_child MasterJob"});
  s.when(fact::stored{2}).then_no_command();
}

BOOST_AUTO_TEST_CASE(an_older_status_that_is_stored_allows_nothing) {
  story s;
  s.given({fact::accepted{"hash-a", 3, 0}, fact::accepted{"hash-b", 3, 0}});
  s.given({service_created()}).when(fact::stored{2}).then_no_command();
  s.when(fact::stored{3}).then_commands({"create_child MasterJob"});
}

BOOST_AUTO_TEST_CASE(children_are_created_one_after_the_other) {
  story s;
  s.given(accepted_run());
  s.when(service_created())
      .then_phase("Pending")
      .then_commands(
          {"write_status revision 2 (may wait)", "create_child MasterJob"});
  s.when(master_created())
      .then_phase("Pending")
      .then_commands(
          {"write_status revision 3 (may wait)", "create_child WorkerJob"});
  s.when(workers_created())
      .then_phase("Pending")
      .then(condition_type::ready, "True", "ResourcesCreated",
            "All resources created")
      .then_commands({"write_status revision 4"});
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_twice_creates_nothing_twice) {
  story s;
  s.given(accepted_run()).given({service_created()});
  s.when(service_created()).then_unchanged().then_no_command();
}

BOOST_AUTO_TEST_CASE(the_run_starts_when_all_children_exist) {
  story s;
  s.given(launched_run());
  auto all_there = noon + 4s;
  s.check(s.state().run.start_time == all_there,
          "start time is the last answer");
  s.when(workers_lost()).when_stored().when(workers_created("uid-w2"));
  s.check(s.state().run.start_time == all_there, "a recovery keeps it");
}

BOOST_AUTO_TEST_CASE(running_means_that_the_locust_of_the_master_runs) {
  story()
      .given(launched_run())
      .then_phase("Pending")
      .when(fact::running{})
      .then_phase("Running")
      .then_commands({"write_status revision 5"});
}

BOOST_AUTO_TEST_CASE(the_first_load_is_reported_once) {
  story s;
  s.given(running_run()).when(fact::test_started{"load-master-x", "node-1"});
  s.then(condition_type::test_completed, "False", "TestInProgress",
         "The test is running");
  s.then_commands({"write_status revision 6 (may wait)"});
  s.when(fact::test_started{"load-master-x", "node-1"})
      .then_unchanged()
      .then_no_command();
  s.when_stored().then_commands(
      {"publish_event Normal TestStarted \"Load test started\""});
}

BOOST_AUTO_TEST_CASE(events_follow_the_status_write_that_they_belong_to) {
  story s;
  s.given(launched_run());
  s.when(fact::stored{3}).then_no_command();
  s.when(fact::stored{4})
      .then_commands({"publish_event Normal Created \"Created Service "
                      "load-master, Job load-master, Job load-worker\""});
  s.when(fact::stored{4}).then_no_command();
  s.when(fact::stored{3}).then_no_command();
}

BOOST_AUTO_TEST_CASE(the_event_names_only_what_was_created) {
  story s;
  s.given(accepted_run()).given({service_created(true), master_created()});
  s.when(workers_created());
  s.when_stored().then_commands({"publish_event Normal Created \"Created Job "
                                 "load-master, Job load-worker\""});
  s.when(workers_lost()).when_stored();
  s.when(workers_created("uid-w2"));
  s.when_stored().then_commands(
      {"publish_event Normal Created \"Created Job load-worker\""});
}

BOOST_AUTO_TEST_CASE(a_success_completes_the_test_and_leaves_ready_true) {
  story s;
  s.given(started_run()).when(fact::ended{end_cause::master_completed, 0, {}});
  s.then_phase("Succeeded")
      .then(condition_type::test_completed, "True", "TestSucceeded",
            "Test completed successfully")
      .then(condition_type::ready, "True", "ResourcesCreated",
            "All resources created; the run has ended")
      .then_since(condition_type::ready, noon + 4s)
      .then_since(condition_type::test_completed, s.now() - 1s);
  s.when_stored().then_command(
      "publish_event Normal TestCompleted \"Load test completed "
      "successfully\"");
}

BOOST_AUTO_TEST_CASE(what_one_observation_shows_is_written_once) {
  auto s = stage::launched();
  auto job = the_master().complete().seen;
  job.resource_version = "200000";
  size_t writes = 0;
  for (const auto& each : s.core.on_observation(
           present{std::make_shared<const seen_object>(job)}, s.now)) {
    const auto* write = std::get_if<effect::save_status>(&each);
    if (write == nullptr)
      continue;
    ++writes;
    BOOST_TEST(write->urgent);
    for (const auto* kind : {R"("Running")", R"("Ended")"})
      BOOST_TEST(write->document->find(kind) != std::string::npos, kind);
  }
  BOOST_TEST(writes == 1u);
}

BOOST_AUTO_TEST_CASE(a_success_before_all_was_created_says_so) {
  story s;
  s.given(accepted_run()).given({service_created(), master_created()});
  s.when(fact::ended{end_cause::master_completed, 0, {}});
  s.then_phase("Succeeded")
      .then(condition_type::ready, "False", "ResourcesIncomplete",
            "The run has ended; not all resources were created");
}

BOOST_AUTO_TEST_CASE(a_failure_says_why) {
  struct row {
    end_cause cause;
    std::string reason;
  };
  for (const auto& r : {row{end_cause::master_failed, "TestFailed"},
                        row{end_cause::worker_failed, "TestFailed"},
                        row{end_cause::pods_failing, "TestFailed"},
                        row{end_cause::outcome_unknown, "OutcomeUnknown"}}) {
    story s;
    s.given(started_run()).when(fact::ended{r.cause, {}, "because"});
    s.then_phase("Failed")
        .then(condition_type::test_completed, "True", r.reason, "because")
        .then(condition_type::ready, "False", "ResourcesFailed", "Test failed");
    s.when_stored().then_command(
        "publish_event Warning TestFailed \"Load test failed: because\"");
  }
}

BOOST_AUTO_TEST_CASE(the_end_keeps_the_most_workers_that_were_connected) {
  story s;
  s.given(started_run())
      .given({fact::workers_connected{3, worker_source::master},
              fact::workers_connected{1, worker_source::master}});
  s.when(fact::ended{end_cause::master_completed, 0, {}});
  s.check(s.state().run.connected == 3, "connectedWorkers is the peak");
  s.then(condition_type::workers_connected, "False", "WorkersMissing",
         "1/3 workers connected (reported by the Locust master)");
}

BOOST_AUTO_TEST_CASE(terminal_is_terminal) {
  const facts later = {fact::accepted{"hash-b", 1, {}},
                       service_created(),
                       refused(child_kind::master_job, "no"),
                       conflict(child_kind::master_job, "nobody"),
                       fact::retrying{},
                       master_lost(),
                       fact::running{},
                       fact::test_started{"p", "n"},
                       fact::workers_connected{1, worker_source::master},
                       fact::pods_failing{"PodLost", "m"},
                       fact::pods_healthy{true},
                       fact::spec_edited{"hash-b", true},
                       fact::ended{end_cause::master_failed, 1, "no"},
                       fact::resumed{},
                       fact::stored{99}};
  for (const auto& fact : later) {
    story s;
    s.given(succeeded_run()).given({fact::stored{7}});
    s.when(fact).then_phase("Succeeded");
    s.check(s.state().revision == 7, "nothing more is written");
  }
}

BOOST_AUTO_TEST_CASE(a_worker_count_says_who_counted) {
  struct row {
    fact::workers_connected count;
    std::string status;
    std::string reason;
    std::string message;
  };
  const row rows[] = {
      {{3, worker_source::master},
       "True",
       "AllWorkersConnected",
       "3/3 workers connected (reported by the Locust master)"},
      {{2, worker_source::master},
       "False",
       "WorkersMissing",
       "2/3 workers connected (reported by the Locust master)"},
      {{0, worker_source::ready_pods},
       "False",
       "WorkersMissing",
       "0/3 workers connected (an estimate: ready worker pods; the operator "
       "cannot ask the Locust master)"},
      {{4, worker_source::ready_pods},
       "True",
       "AllWorkersConnected",
       "4/3 workers connected (an estimate: ready worker pods; the operator "
       "cannot ask the Locust master)"},
      {{2, worker_source::unreachable},
       "Unknown",
       "MasterUnreachable",
       "The operator cannot reach the Locust master, so the number of "
       "connected workers is unknown; 2/3 worker pods are ready"},
      {{4, worker_source::master, 3},
       "True",
       "AllWorkersConnected",
       "4/3 workers connected (reported by the Locust master; 4 Locust "
       "processes in 3 of 3 pods)"},
      {{3, worker_source::master, 2},
       "False",
       "WorkersMissing",
       "3/3 workers connected (reported by the Locust master; 3 Locust "
       "processes in 2 of 3 pods)"},
  };
  for (const auto& r : rows)
    story()
        .given(started_run())
        .when(r.count)
        .then(condition_type::workers_connected, r.status, r.reason, r.message)
        .when(r.count)
        .then_unchanged();
}

BOOST_AUTO_TEST_CASE(only_the_last_worker_is_urgent) {
  story s;
  s.given(started_run());
  s.when(fact::workers_connected{1, worker_source::master})
      .then_commands({"write_status revision 7 (may wait)"});
  s.when(fact::workers_connected{3, worker_source::master})
      .then_commands({"write_status revision 8"});
}

BOOST_AUTO_TEST_CASE(problems_of_pods_appear_and_disappear) {
  story s;
  s.given(started_run());
  s.when(fact::pods_failing{"ImagePullError", "ImagePullError: 1 pod(s)"})
      .then_phase("Running")
      .then(condition_type::pods_healthy, "False", "ImagePullError",
            "ImagePullError: 1 pod(s)");
  s.when_stored().then_command(
      "publish_event Warning PodFailure \"ImagePullError: 1 pod(s)\"");
  s.when(fact::pods_healthy{true})
      .then(condition_type::pods_healthy, "True", "PodsHealthy",
            "All pods are healthy");
}

BOOST_AUTO_TEST_CASE(a_transition_time_moves_with_the_status_only) {
  story s;
  s.given(started_run());
  s.when(fact::pods_failing{"ImagePullError", "one"});
  auto since = s.now() - 1s;
  s.when(fact::pods_failing{"ImagePullError", "two"})
      .then_since(condition_type::pods_healthy, since);
  s.when(fact::pods_healthy{true})
      .then_since(condition_type::pods_healthy, s.now() - 1s);
}

BOOST_AUTO_TEST_CASE(an_edit_shows_as_drift_until_it_is_undone) {
  story s;
  s.given(started_run());
  s.check(s.shown(condition_type::spec_drifted) == "absent",
          "no drift, no condition");
  s.at_generation(2)
      .when(fact::spec_edited{"hash-b", true})
      .then(condition_type::spec_drifted, "True", "SpecChangeIgnored",
            "The spec was edited after the run was created; edits are not "
            "applied: delete and recreate the LocustTest to run the new spec");
  s.check(s.state().observed_generation == 2, "observedGeneration is 2");
  s.at_generation(3)
      .when(fact::spec_edited{"hash-a", false})
      .then(condition_type::spec_drifted, "False", "SpecRestored",
            "The spec is again the original spec of the run");
}

BOOST_AUTO_TEST_CASE(a_deletion_is_reported_and_removes_the_finalizer) {
  const std::string deleting_event =
      "publish_event Normal Deleting \"The LocustTest and what it owns are "
      "being cleaned up\"";
  story()
      .given(started_run())
      .when(fact::deleting{})
      .then_commands({deleting_event});
  story()
      .given(started_run())
      .when(fact::deleting{true})
      .then_commands({deleting_event, "release_finalizer"})
      .when(master_lost())
      .then_no_command()
      .when(fact::retrying{})
      .then_no_command();
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_keeps_times_in_order) {
  story s;
  s.given(started_run()).later(-2h);
  s.when(fact::ended{end_cause::master_completed, 0, {}});
  const auto* end = std::get_if<lifecycle::ended>(&s.state().at);
  s.check(end != nullptr && end->at >= *s.state().run.start_time,
          "completionTime is not before startTime");
}

BOOST_AUTO_TEST_SUITE_END()
