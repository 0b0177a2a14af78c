#include "test/unit/supervisor/stage.hpp"

// How and why a run ends: docs/behaviour/lifecycle.md#end-of-a-run.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto completed = condition_type::test_completed;

const std::string vanished =
    "The master Job was removed (ttlSecondsAfterFinished) while the operator "
    "was not watching, so the result of the test is unknown. The operator does "
    "not run the test again: delete and recreate the LocustTest to run it";

} // namespace

BOOST_AUTO_TEST_SUITE(outcomes)

BOOST_AUTO_TEST_CASE(a_complete_master_job_is_a_success) {
  auto s = stage::started();
  s.completes().then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(a_success_stands_although_workers_crashed) {
  auto s = stage::started();
  s.shows(worker_pod(1).exits(1)).shows(the_workers().failed());
  s.passes(9s).then_phase("Running");
  s.completes().then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_found_finished_has_begun) {
  auto s = stage::launched();
  s.quietly().completes().then_facts({"Running", "Ended"});
}

BOOST_AUTO_TEST_CASE(a_failed_master_says_how_locust_ended) {
  struct row {
    a_pod pod;
    std::string message;
  };
  const std::string in_pod =
      "Test failed: the Locust master in pod load-master-x ended with ";
  const row rows[] = {
      {master_pod().exits(1),
       in_pod + "exit code 1 (Error): requests failed or exceptions were "
                "raised, or Locust could not start"},
      {master_pod().exits(2),
       in_pod + "exit code 2 (Error): an exception that the locustfile did not "
                "handle, or invalid arguments"},
      {master_pod().exits(3), in_pod + "exit code 3 (Error)"},
      {master_pod().exits(137, "OOMKilled"),
       in_pod + "OOMKilled (exit code 137): the container needs more memory "
                "than its limit allows"},
      {master_pod().exits(143),
       in_pod + "exit code 143 (Error): killed by signal 15"},
      {master_pod().evicted("The node was low on resource: memory."),
       "Test failed: the Locust master pod load-master-x was lost: Evicted: "
       "The node was low on resource: memory."},
      {master_pod().exits(137).disrupted("EvictionByEvictionAPI: drained"),
       "Test failed: the Locust master pod load-master-x was lost: "
       "EvictionByEvictionAPI: drained"},
      {master_pod().waits("ImagePullBackOff", "no such image"),
       "Test failed: the Locust master pod load-master-x: no such image"},
  };
  for (const auto& r : rows) {
    auto s = stage::started();
    s.shows(r.pod).shows(the_master().failed());
    s.then_phase("Failed").then(completed, "True", "TestFailed", r.message);
  }
}

BOOST_AUTO_TEST_CASE(the_exit_code_is_recorded) {
  auto s = stage::started();
  s.shows(master_pod().exits(137, "OOMKilled")).shows(the_master().failed());
  const auto& end = std::get<fact::ended>(s.events().back().fact);
  BOOST_TEST(end.exit_code.value() == 137);
}

BOOST_AUTO_TEST_CASE(a_verdict_waits_a_moment_for_the_exit_code) {
  auto s = stage::started();
  s.shows(the_master().failed()).then_phase("Running").then_looks_again_in(5s);
  s.shows(master_pod().exits(2)).then_phase("Failed");
  auto silent = stage::started();
  silent.shows(the_master().failed()).passes(5s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_job_that_failed_at_its_deadline_says_so_at_once) {
  // No pod failed it, although its pods are killed.
  auto s = stage::started();
  s.shows(the_master().ending()).shows(master_pod().exits(143).deleting());
  s.shows(the_master().failed("DeadlineExceeded", "active too long"));
  s.then(completed, "True", "TestFailed",
         "Test failed: the Locust master Job load-master failed: "
         "DeadlineExceeded: active too long");
}

BOOST_AUTO_TEST_CASE(a_deleted_master_pod_is_named) {
  auto s = stage::started();
  s.shows(master_pod().runs().deleting());
  s.removes(master_pod().runs().deleting()).shows(the_master().failed());
  s.then(completed, "True", "TestFailed",
         "Test failed: the Locust master pod load-master-x was deleted before "
         "it ended");
}

BOOST_AUTO_TEST_CASE(a_crash_is_the_cause_although_its_pod_is_deleted_later) {
  auto s = stage::started();
  s.shows(worker_pod(1).exits(2)).shows(worker_pod(3).runs().deleting());
  s.shows(worker_pod(3).exits(143).deleting());
  s.shows(the_workers().failed()).removes(the_workers().failed());
  s.shows(worker_pod(1).exits(2).deleting()).passes(10s);
  s.then(completed, "True", "TestFailed",
         "Test failed: the Locust worker in pod load-worker-1 ended with exit "
         "code 2 (Error): an exception that the locustfile did not handle, or "
         "invalid arguments");
}

BOOST_AUTO_TEST_CASE(of_two_deleted_pods_the_first_one_is_the_cause) {
  auto s = stage::started();
  s.shows(worker_pod(3).runs().deleting()).passes(1s);
  s.shows(worker_pod(1).runs().deleting());
  for (int n : {1, 3})
    s.shows(worker_pod(n).exits(143).deleting());
  s.shows(the_workers().failed()).passes(10s);
  s.then(completed, "True", "TestFailed",
         "Test failed: the Locust worker pod load-worker-3 was deleted before "
         "it ended, with exit code 143 (Error): killed by "
         "signal 15");
}

BOOST_AUTO_TEST_CASE(a_failed_worker_job_ends_the_run_after_the_last_word) {
  auto s = stage::started();
  s.shows(worker_pod(2).exits(137, "OOMKilled")).shows(the_workers().failed());
  s.then_phase("Running").passes(9s).then_phase("Running");
  s.passes(1s).then_phase("Failed").then(
      completed, "True", "TestFailed",
      "Test failed: the Locust worker in pod load-worker-2 ended with "
      "OOMKilled (exit code 137): the container needs more memory than its "
      "limit allows");
}

BOOST_AUTO_TEST_CASE(a_master_that_has_ended_has_the_last_word) {
  auto s = stage::started();
  s.shows(worker_pod(1).exits(1)).shows(the_workers().failed());
  s.shows(master_pod().exits(0)).passes(60s).then_phase("Running");
  s.completes().then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(a_job_that_a_ttl_removed_was_finished) {
  auto s = stage::started(0);
  s.shows(master_pod().exits(0)).removes(the_master().complete());
  s.then_phase("Succeeded");
  auto f = stage::started(0);
  f.shows(master_pod().exits(1)).removes(the_master().failed());
  f.then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_deleted_job_is_recreated) {
  auto s = stage::started(600);
  s.quietly().removes(the_master().active(1));
  s.then_facts({"ChildDeleted"}).then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(a_job_with_a_ttl_that_vanished_unseen_is_not_run_again) {
  auto s = stage::started(0);
  s.misses(the_master()).then_phase("Failed");
  s.then(completed, "True", "OutcomeUnknown", vanished);
}

BOOST_AUTO_TEST_CASE(a_job_without_a_ttl_that_vanished_was_deleted) {
  auto s = stage::started();
  s.quietly().misses(the_master());
  s.then_facts({"ChildDeleted"}).then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(a_verdict_that_was_seen_outlives_its_job) {
  auto s = stage::started(0);
  s.shows(the_master().failed()).misses(the_master());
  s.passes(5s).then_phase("Failed").then(
      completed, "True", "TestFailed",
      "Test failed: the Locust master Job load-master failed: "
      "BackoffLimitExceeded: Job has reached the limit");
}

BOOST_AUTO_TEST_CASE(a_pod_that_ended_by_itself_decides_for_a_deleted_job) {
  auto s = stage::started(0);
  s.shows(master_pod().exits(0)).misses(the_master());
  s.then_phase("Succeeded");
  auto f = stage::started();
  f.shows(master_pod().exits(1)).removes(the_master().active(1));
  f.then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_deleted_pod_does_not_decide_for_its_job) {
  auto s = stage::started();
  s.quietly().shows(master_pod().exits(0).deleting());
  s.removes(the_master().active(1)).then_facts({"ChildDeleted"});
}

BOOST_AUTO_TEST_CASE(an_exit_code_that_came_with_the_pods_removal_counts) {
  auto s = stage::started(0);
  s.removes(master_pod().exits(2)).shows(the_master().failed());
  s.then(completed, "True", "TestFailed",
         "Test failed: the Locust master in pod load-master-x ended with "
         "exit code 2 (Error): an exception that the locustfile did not "
         "handle, or invalid arguments");
}

// -- pods with containers of others -------------------------------------------

BOOST_AUTO_TEST_CASE(the_container_of_locust_is_found_by_its_name) {
  container_seen proxy;
  proxy.name = "istio-proxy";
  proxy.exit_code = 0;
  auto s = stage::started();
  s.shows(master_pod().exits(3).joined_by(proxy)).shows(the_master().failed());
  s.then(completed, "True", "TestFailed",
         "Test failed: the Locust master in pod load-master-x ended with exit "
         "code 3 (Error)");
}

BOOST_AUTO_TEST_CASE(a_job_that_ends_after_its_native_sidecars_has_a_verdict) {
  container_seen proxy;
  proxy.name = "istio-proxy";
  proxy.running = true;
  auto s = stage::started();
  s.shows(master_pod().exits(0).joined_by(proxy)).passes(4s);
  s.completes().then_phase("Succeeded");
}

// -- while the operator was down ----------------------------------------------

BOOST_AUTO_TEST_CASE(what_finished_while_the_operator_was_down_is_found) {
  auto s = stage::started().restarted();
  s.completes();
  lists_all(s).then_phase("Succeeded").then_facts({"Ended", "Resumed"});
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_behind_the_record_holds_nothing_up) {
  // The process before it ran where the clock was an hour ahead.
  auto s = stage::started().restarted(-1h);
  auto record = s.now + 1h;
  s.shows(the_master().active(1)).shows(master_pod().runs());
  s.shows(the_workers().failed());
  lists_all(s).then_phase("Running").passes(9s).then_phase("Running");
  s.passes(1s).then_phase("Failed");
  const auto& end = std::get<lifecycle::ended>(s.core.state().at);
  BOOST_TEST((end.at == record + 10s));
}

BOOST_AUTO_TEST_CASE(what_vanished_while_the_operator_was_down_is_unknown) {
  auto s = stage::started(600).restarted();
  lists_all(s).then_phase("Failed").then(completed, "True", "OutcomeUnknown",
                                         vanished);
  auto without_ttl = stage::started().restarted();
  lists_all(without_ttl).then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(a_creation_with_an_unknown_result_is_not_repeated) {
  stage first(0);
  first.stores().answers(child_kind::master_service, service_uid);
  auto s = first.restarted(1min);
  lists_all(s).then_phase("Failed").then(
      completed, "True", "OutcomeUnknown",
      "The master Job does not exist. It may have run and been removed "
      "(ttlSecondsAfterFinished) while the operator was not watching. The "
      "operator does not run the test again: delete and recreate the "
      "LocustTest to run it");
}

BOOST_AUTO_TEST_CASE(an_attempt_of_unknown_age_may_have_run_and_be_gone) {
  // The clock is behind the record, so nobody knows how long ago it was made.
  stage first(600);
  first.stores().answers(child_kind::master_service, service_uid);
  auto s = first.restarted(-1min);
  lists_all(s).then_phase("Failed");
  const auto& end = std::get<lifecycle::ended>(s.core.state().at);
  BOOST_TEST((end.cause == end_cause::outcome_unknown));
}

BOOST_AUTO_TEST_CASE(a_creation_is_repeated_while_its_job_would_still_exist) {
  for (auto ttl : {std::optional<int32_t>(600), std::optional<int32_t>()}) {
    stage first(ttl);
    first.stores().answers(child_kind::master_service, service_uid);
    auto s = first.restarted(1min);
    lists_all(s).then_phase("Pending").then_command("create_child MasterJob");
  }
}

BOOST_AUTO_TEST_CASE(a_successful_creation_is_adopted_after_a_restart) {
  stage first(0);
  first.stores().answers(child_kind::master_service, service_uid);
  auto s = first.restarted(1min);
  s.shows(the_master().active(1));
  lists_all(s).then_facts({"ChildCreated", "Resumed", "ChildDeleted"});
  s.then_children({"", master_uid, ""});
}

// -- while the API server does not answer -------------------------------------

BOOST_AUTO_TEST_CASE(an_unanswered_creation_that_is_observed_is_ours) {
  stage s(0);
  s.stores().answers(child_kind::master_service, service_uid);
  s.drops(child_kind::master_job).quietly();
  s.shows(the_master().active(1)).then_facts({"ChildCreated"});
  const auto& made = std::get<fact::child_created>(s.events().back().fact);
  BOOST_TEST(!made.adopted);
}

BOOST_AUTO_TEST_CASE(an_unanswered_creation_may_have_run_unobserved) {
  stage s(0);
  s.stores().answers(child_kind::master_service, service_uid);
  s.drops(child_kind::master_job).take();
  s.passes(10s).then_command("create_child MasterJob", false);
  s.stores().then_command("create_child MasterJob", false);
  s.then_looks_again_in(45s).passes(44s).then_phase("Pending");
  s.passes(1s).then_phase("Failed").then(
      completed, "True", "OutcomeUnknown",
      "The API server did not answer the request to create the master Job. The "
      "Job may have run and been removed (ttlSecondsAfterFinished) since then. "
      "The operator does not run the test again: delete and recreate "
      "the LocustTest to run it");
}

BOOST_AUTO_TEST_CASE(a_creation_that_was_surely_not_carried_out_is_repeated) {
  for (int status : {429, 409}) {
    stage s(0);
    s.stores().answers(child_kind::master_service, service_uid).stores();
    child_result refused;
    refused.child = child_kind::master_job;
    refused.what = child_result::outcome::failed;
    refused.status = status;
    refused.message = "not now";
    refused.transient = true;
    s.passes(1s).answers(refused).take();
    s.passes(1min).stores().then_phase("Pending");
    s.then_command("create_child MasterJob");
  }
}

BOOST_AUTO_TEST_CASE(an_unanswered_creation_that_turns_up_late_is_followed) {
  stage s(0);
  s.stores().answers(child_kind::master_service, service_uid);
  s.drops(child_kind::master_job).passes(10s).stores();
  s.quietly().shows(the_master().active(1)).then_facts({"ChildCreated"});
}

BOOST_AUTO_TEST_CASE(the_ttl_that_counts_is_that_of_the_job) {
  // An admission policy has set it.
  stage first;
  first.stores().answers(child_kind::master_service, service_uid);
  child_result made;
  made.child = child_kind::master_job;
  made.what = child_result::outcome::created;
  made.uid = master_uid;
  made.resource_version = "2000";
  made.ttl_seconds = 5;
  first.answers(made).answers(child_kind::worker_job, worker_uid).stores();
  auto s = first.restarted(60s);
  lists_all(s).then_phase("Failed");
  BOOST_TEST(find(s.core.state(), condition_type::test_completed)->reason ==
             "OutcomeUnknown");
}

BOOST_AUTO_TEST_SUITE_END()
