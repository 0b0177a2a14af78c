#include "test/unit/supervisor/story.hpp"

// Children that were deleted externally, and the phases that follow
// (docs/behaviour/lifecycle.md#recovery).

using namespace locust;
using namespace locust::testing;

BOOST_AUTO_TEST_SUITE(recovery)

BOOST_AUTO_TEST_CASE(a_lost_child_makes_the_test_pending_and_is_reported) {
  struct row {
    fact::child_deleted lost;
    std::string title;
    std::vector<std::string> commands;
  };
  for (const auto& r :
       {row{service_lost(),
            "Master Service load-master",
            {"write_status revision 7", "create_child MasterService"}},
        row{master_lost(),
            "Master Job load-master",
            {"write_status revision 7", "create_child MasterJob"}},
        row{workers_lost(),
            "Worker Job load-worker",
            {"write_status revision 7", "create_child WorkerJob"}}}) {
    story s;
    s.given(started_run());
    s.when(r.lost)
        .then_phase("Pending")
        .then(condition_type::ready, "False", "ResourcesCreating",
              "Deleted resources are being recreated")
        .then_commands(r.commands);
    s.when_stored().then_command(
        "publish_event Warning ResourceDeleted \"" + r.title +
        " was deleted externally and will be recreated\"");
  }
}

BOOST_AUTO_TEST_CASE(only_what_is_missing_is_created_again) {
  story s;
  s.given(started_run());
  s.when(workers_lost()).then_command("create_child WorkerJob");
  s.when(workers_created("uid-w2"))
      .then_phase("Pending")
      .then_children({service_uid, master_uid, "uid-w2"});
  s.when(fact::running{}).then_phase("Running");
}

BOOST_AUTO_TEST_CASE(a_deletion_that_is_seen_twice_counts_once) {
  story s;
  s.given(started_run()).given({workers_lost()});
  s.when(workers_lost()).then_unchanged().then_no_command();
  s.when_stored().when(workers_created("uid-w2"));
  s.when(workers_lost()).then_unchanged().then_no_command();
}

BOOST_AUTO_TEST_CASE(the_state_of_a_master_is_reset_with_it) {
  story s;
  s.given(started_run())
      .given({fact::workers_connected{3, worker_source::master},
              fact::pods_healthy{true}});
  s.when(master_lost())
      .then(condition_type::workers_connected, "False", "WaitingForWorkers",
            "0/3 workers connected (the Locust master is not running yet)")
      .then(condition_type::test_completed, "False", "TestInProgress",
            "The test has not restarted")
      .then(condition_type::pods_healthy, "True", "PodsStarting",
            "Waiting for pods to start");
  s.check(s.state().run.connected == 0, "no worker is connected to nothing");
}

BOOST_AUTO_TEST_CASE(a_new_master_starts_the_test_again) {
  story s;
  s.given(started_run());
  s.when(master_lost()).then_command("create_child MasterJob");
  s.given({master_created("uid-m2"), fact::running{}});
  s.when(fact::test_started{"load-master-y", "node-2"})
      .then(condition_type::test_completed, "False", "TestInProgress",
            "The test is running");
}

BOOST_AUTO_TEST_CASE(the_workers_of_a_master_that_stays_stay_counted) {
  story s;
  s.given(started_run())
      .given({fact::workers_connected{3, worker_source::master}});
  s.when(service_lost());
  s.check(s.state().run.connected == 3, "they are connected all the same");
}

BOOST_AUTO_TEST_CASE(an_edit_changes_nothing_of_a_recovery) {
  story s;
  s.given(started_run()).given({workers_lost()});
  s.when(fact::accepted{"hash-b", 5, {}}).then_unchanged().then_no_command();
  s.when(fact::spec_edited{"hash-b", true});
  s.check(s.state().run.spec_hash == "hash-a",
          "docs/behaviour/lifecycle.md#run-spec");
}

BOOST_AUTO_TEST_CASE(a_second_lost_child_is_recreated_as_well) {
  story s;
  s.given(started_run());
  s.when(workers_lost()).then_command("create_child WorkerJob");
  s.when(service_lost())
      .then_commands({"write_status revision 8", "create_child MasterService"});
  s.when(workers_created("uid-w2"))
      .then_phase("Pending")
      .then_children({"", master_uid, "uid-w2"});
  s.when(service_created(false)).then_phase("Pending");
  s.check(std::holds_alternative<lifecycle::launched>(s.state().at),
          "all children are there again");
}

BOOST_AUTO_TEST_CASE(a_refusal_of_another_child_changes_nothing) {
  story s;
  s.given(accepted_run()).given({service_created()});
  s.given({service_lost()});
  s.when(refused(child_kind::master_job, "quota")).then_unchanged();
  s.when(conflict(child_kind::master_job, "nobody")).then_unchanged();
}

BOOST_AUTO_TEST_SUITE_END()
