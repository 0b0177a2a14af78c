#include "protocol/json.hpp"
#include "test/unit/supervisor/stage.hpp"

// Migration from the Go operator: its status without a history, and the objects
// that it created. Nothing runs a second time, and conditions keep their
// transition times.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto ready = condition_type::ready;
constexpr auto workers_connected = condition_type::workers_connected;
constexpr auto completed = condition_type::test_completed;
constexpr auto pods_healthy = condition_type::pods_healthy;
constexpr auto drifted = condition_type::spec_drifted;

std::string condition(const std::string& type, const std::string& rest,
                      const std::string& since, int generation) {
  return R"({"type":")" + type + R"(",)" + rest +
         R"(,"message":"m","lastTransitionTime":"2026-11-23T)" + since +
         R"(Z","observedGeneration":)" + std::to_string(generation) + '}';
}

/// As the Go operator writes it: generation 2 is caused by its own write, hence
/// also its `SpecDrifted`.
std::string status(const std::string& phase, const std::string& more,
                   bool is_ready, int built_from = 2) {
  return R"({"phase":")" + phase + R"(","observedGeneration":2,)" +
         R"("expectedWorkers":3,)" + more + R"("conditions":[)" +
         condition("Ready",
                   is_ready
                       ? R"("status":"True","reason":"ResourcesCreated")"
                       : R"("status":"False","reason":"ResourcesCreating")",
                   "11:00:01", built_from) +
         ',' +
         condition("WorkersConnected",
                   R"("status":"True","reason":"AllWorkersConnected")",
                   "11:00:02", 2) +
         ',' +
         condition("TestCompleted",
                   R"("status":"False","reason":"TestInProgress")", "11:00:00",
                   2) +
         ',' +
         condition("PodsHealthy", R"("status":"True","reason":"PodsHealthy")",
                   "11:00:00", 2) +
         ',' +
         condition("SpecDrifted",
                   R"("status":"True","reason":"SpecChangeIgnored")",
                   "11:00:02", 2) +
         "]}";
}

const std::string started =
    R"("startTime":"2026-11-23T11:00:01Z","connectedWorkers":3,)";
const std::string running = status("Running", started, true);
const std::string not_started = R"({"phase":"Pending","expectedWorkers":3})";

/// Shows Service and both Jobs, with a running master and workers.
stage& shows_all(stage& s) {
  s.shows(the_service()).shows(the_master().active(1));
  s.shows(the_workers().active(3).ready(3)).shows(master_pod().runs());
  for (int n : {1, 2, 3})
    s.shows(worker_pod(n).runs());
  return lists_all(s);
}

void then_since(stage& s, condition_type type, const std::string& time) {
  const auto* c = find(s.core.state(), type);
  s.equal("transition of " + std::string(to_string(type)),
          c == nullptr ? "" : to_rfc3339(c->last_transition),
          "2026-11-23T" + time + 'Z');
}

void then_nothing_is_made(stage& s) {
  for (const auto& c : s.take())
    s.check(!std::holds_alternative<create_child>(c), describe(c));
}

} // namespace

BOOST_AUTO_TEST_SUITE(migration_suite)

BOOST_AUTO_TEST_CASE(a_run_goes_on_without_a_step_back) {
  auto s = stage::found(running, 2);
  shows_all(s).then_facts({"TakenOver", "Resumed", "PodsHealthy"});
  s.then_phase("Running").then_children({service_uid, master_uid, worker_uid});
  then_nothing_is_made(s.stores());
  s.quietly().completes().then_facts({"Ended"});
  s.then_phase("Succeeded");
}

// The clock goes on from what is on record, and not the 10 seconds for the last
// word.
BOOST_AUTO_TEST_CASE(
    a_clock_that_is_behind_lets_the_master_have_the_last_word) {
  auto later = running;
  later.replace(later.find("T11:00:01Z"), 10, "T14:00:01Z");
  auto s = stage::found(later, 2);
  s.shows(the_service()).shows(the_master().active(1));
  s.shows(master_pod().runs()).shows(the_workers().failed());
  lists_all(s.shows(worker_pod(1).exits(2))).then_phase("Running");
  auto other = s;
  s.passes(9s).then_phase("Running").passes(1s).then_phase("Failed");
  other.passes(5s).samples(0, master_state::load);
  other.passes(29min).then_phase("Running");
}

BOOST_AUTO_TEST_CASE(conditions_keep_their_transition_times) {
  auto s = stage::found(running, 2);
  shows_all(s);
  then_since(s, ready, "11:00:01");
  then_since(s, workers_connected, "11:00:02");
  then_since(s, completed, "11:00:00");
  then_since(s, pods_healthy, "11:00:00");
  BOOST_TEST(to_rfc3339(*s.core.state().run.start_time) ==
             "2026-11-23T11:00:01Z");
  s.then(ready, "True", "ResourcesCreated", "All resources created");
  s.then(completed, "False", "TestInProgress", "The Locust master is starting");
  s.samples(3).then(completed, "False", "TestInProgress",
                    "The test is running");
  then_since(s, completed, "11:00:00");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_behind_the_start_ends_no_run_before_it) {
  auto late = running;
  for (auto at = late.find("11:00:"); at != std::string::npos;
       at = late.find("11:00:"))
    late.replace(at, 6, "13:00:"); // it is noon
  auto s = stage::found(late, 2);
  shows_all(s).completes().then_phase("Succeeded");
  const auto& end = std::get<lifecycle::ended>(s.core.state().at);
  BOOST_TEST((end.at >= *s.core.state().run.start_time));
}

BOOST_AUTO_TEST_CASE(pods_count_as_workers_until_locust_is_sampled) {
  auto s = stage::found(running, 2);
  shows_all(s).then(workers_connected, "True", "AllWorkersConnected",
                    "3/3 workers connected (active worker pods, as counted by "
                    "the Go operator)");
  s.samples(3).then(workers_connected, "True", "AllWorkersConnected",
                    "3/3 workers connected (reported by the Locust master)");
  then_since(s, workers_connected, "11:00:02");
  s.samples(2).passes(5s).samples(2).then(
      workers_connected, "False", "WorkersMissing",
      "2/3 workers connected (reported by the Locust master)");
}

BOOST_AUTO_TEST_CASE(a_count_of_the_go_operator_is_no_peak) {
  auto s = stage::found(running, 2);
  shows_all(s).samples(1).passes(5s).samples(1);
  s.completes().then_phase("Succeeded");
  BOOST_TEST(s.core.state().run.connected == 1);
}

BOOST_AUTO_TEST_CASE(without_a_sample_the_migrated_count_stays) {
  auto s = stage::found(running, 2);
  s.shows(the_service()).completes();
  s.shows(the_workers().complete());
  lists_all(s).then_phase("Succeeded");
  BOOST_TEST(s.core.state().run.connected == 3);
  s.then(ready, "True", "ResourcesCreated",
         "All resources created; the run has ended");
}

BOOST_AUTO_TEST_CASE(a_restart_later_finds_the_same) {
  auto s = stage::found(running, 2);
  shows_all(s);
  auto again = s.restarted();
  s.check(same_meaning(again.core.state(), s.core.state()), "the fold differs");
  shows_all(again).then_facts({"Resumed"});
  BOOST_TEST(*again.core.run_spec() == spec_text("image-a"));
}

BOOST_AUTO_TEST_CASE(a_momentary_pending_is_left_when_the_master_runs) {
  auto s = stage::found(status("Pending", started, true), 2);
  s.shows(the_service()).shows(the_master().active(0)).shows(the_workers());
  lists_all(s).then_phase("Pending").then_facts({"TakenOver", "Resumed"});
  s.shows(master_pod().runs()).then_phase("Running");
  then_nothing_is_made(s.stores());
}

BOOST_AUTO_TEST_CASE(an_unobserved_end_is_detected) {
  auto complete = stage::found(running, 2);
  complete.shows(the_service()).completes();
  complete.shows(the_workers().complete());
  lists_all(complete).then_facts({"TakenOver", "Ended", "Resumed"});
  complete.then_phase("Succeeded");

  auto failed = stage::found(running, 2);
  failed.shows(the_service()).shows(the_master().failed());
  failed.shows(the_workers().active(3)).shows(master_pod().exits(1));
  lists_all(failed).then_phase("Failed");
  failed.check(find(failed.core.state(), completed)
                       ->message.find("exit code 1 (Error)") !=
                   std::string::npos,
               "docs/behaviour/lifecycle.md#failure-message");
}

BOOST_AUTO_TEST_CASE(a_finished_master_without_its_workers_is_enough) {
  auto s = stage::found(running, 2);
  s.shows(the_service()).shows(the_master().ttl(60).complete());
  lists_all(s).then_phase("Succeeded");
  s.then(ready, "True", "ResourcesCreated",
         "All resources created; the run has ended");
  then_nothing_is_made(s.stores());
}

BOOST_AUTO_TEST_CASE(jobs_that_are_gone_are_not_run_again) {
  for (const auto& phase : {"Running", "Pending"}) {
    auto s = stage::found(status(phase, started, true), 2);
    s.shows(the_service());
    lists_all(s).then_phase("Failed");
    s.check(find(s.core.state(), completed)->reason == "OutcomeUnknown", phase);
    then_nothing_is_made(s.stores());
  }
}

BOOST_AUTO_TEST_CASE(workers_with_a_ttl_make_a_missing_master_unknown) {
  auto s = stage::found(running, 2);
  s.shows(the_service()).shows(the_workers().ttl(0).active(3));
  lists_all(s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_master_that_no_ttl_can_have_removed_was_deleted) {
  auto s = stage::found(running, 2);
  s.shows(the_service()).shows(the_workers().active(3).ready(3));
  lists_all(s).then_facts({"TakenOver", "Resumed", "ChildDeleted"});
  s.then_phase("Pending").stores().then_command("create_child MasterJob");
}

BOOST_AUTO_TEST_CASE(deleted_workers_come_back_and_the_master_stays) {
  auto s = stage::found(running, 2);
  s.shows(the_service()).shows(the_master().active(1));
  lists_all(s).then_phase("Pending").stores();
  s.then_command("create_child WorkerJob");
  s.then_children({service_uid, master_uid, ""});
}

BOOST_AUTO_TEST_CASE(a_test_without_a_run_is_started) {
  auto s = stage::found(not_started);
  lists_all(s).then_phase("Pending").stores();
  s.then_command("create_child MasterService");
}

BOOST_AUTO_TEST_CASE(children_of_an_incomplete_run_are_adopted) {
  auto service = stage::found(not_started);
  service.shows(the_service());
  lists_all(service).then_facts({"TakenOver", "ChildCreated", "Resumed"});
  service.stores().then_command("create_child MasterJob");

  auto master = stage::found(not_started);
  master.shows(the_service()).shows(the_master().active(1));
  lists_all(master).then_phase("Pending").stores();
  master.then_command("create_child WorkerJob");

  auto all = stage::found(not_started);
  shows_all(all).then_phase("Running");
  then_nothing_is_made(all.stores());
}

BOOST_AUTO_TEST_CASE(an_incomplete_run_has_the_ttl_of_the_settings) {
  auto s = stage::found(not_started, 1, 600);
  lists_all(s);
  BOOST_TEST(s.core.state().run.ttl_seconds.value() == 600);
}

BOOST_AUTO_TEST_CASE(a_finished_test_stays_as_it_is) {
  for (const auto& phase : {"Succeeded", "Failed"}) {
    auto s = stage::found(
        status(phase, started + R"("completionTime":"2026-11-23T11:30:00Z",)",
               true),
        2);
    lists_all(s).then_facts({"Resumed"}).then_phase(phase);
    s.check(s.take().empty(), "it is neither written nor reported");
    s.shows(the_master().failed()).passes(1min).then_facts({});
  }
}

// -- the spec -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_write_of_the_go_operator_itself_is_no_drift) {
  auto s = stage::found(running, 2);
  shows_all(s);
  s.check(find(s.core.state(), drifted) == nullptr, "it was not edited");
  s.edits("image-b").check(find(s.core.state(), drifted) != nullptr,
                           "docs/behaviour/lifecycle.md#spec-drift");
}

BOOST_AUTO_TEST_CASE(an_edit_since_the_jobs_were_created_is_drift) {
  auto s = stage::found(running, 3);
  shows_all(s).then(
      drifted, "True", "SpecChangeIgnored",
      "The spec was edited after the run was created; edits are not applied: "
      "delete and recreate the LocustTest to run the new spec");
  then_since(s, drifted, "11:00:02");
  BOOST_TEST(s.core.state().run.spec_hash == lifecycle::unknown_value);
  s.quietly().edits("image-b").then_facts({"SpecEdited"});
  s.check(same_meaning(s.restarted().core.state(), s.core.state()),
          "the fold differs");
  s.check(find(s.core.state(), drifted)->reason == "SpecChangeIgnored",
          "its earlier content is unknown");
}

BOOST_AUTO_TEST_CASE(expected_workers_are_those_of_the_run) {
  auto s = stage::found(running, 3);
  s.edits("image-a", 9);
  shows_all(s);
  BOOST_TEST(s.core.state().run.expected_workers == 3);
}

// -- faults ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_job_of_another_owner_is_not_the_run) {
  // The Go operator creates the same Jobs for `a.b` and `a-b`.
  auto s = stage::found(running, 2);
  s.shows(the_service("uid-x")).shows(the_master().active(1).owned_by("uid-x"));
  lists_all(s).then_phase("Pending").stores();
  s.then_command("create_child MasterService");
}

BOOST_AUTO_TEST_CASE(a_damaged_history_counts_as_none) {
  auto s = stage::found(
      R"({"phase":"Running","startTime":"2026-11-23T11:00:01Z",)"
      R"("specHash":"hash-0","runSpec":"spec-0","history":[{"sequence":0}]})");
  shows_all(s).then_phase("Running");
  BOOST_TEST(s.core.state().run.spec_hash == "hash-0");
  BOOST_TEST(*s.core.run_spec() == "spec-0");
  s.check(find(s.core.state(), drifted)->status == lifecycle::truth::yes,
          "it is edited since");
}

BOOST_AUTO_TEST_CASE(a_deletion_comes_before_everything) {
  auto s = stage::found(running, 2);
  auto leaving = std::make_shared<locust_test>(*s.core.observed().test);
  leaving->deleting = true;
  leaving->finalizers = {"locust.io/cleanup"};
  s.shows(*leaving);
  shows_all(s).then_facts({"Deleting"}).then_command("release_finalizer");
}

BOOST_AUTO_TEST_CASE(the_history_records_the_migration) {
  auto s = stage::found(running, 2);
  shows_all(s);
  auto doc = json::parse(render_status(s.core.state(), "{}"));
  const auto& first = (*doc)["history"][0];
  BOOST_TEST(json::text_at(first, {"kind"}) == "TakenOver");
  BOOST_TEST(
      json::text_at(first, {"detail"}) ==
      "Migrated a run without a history; its Service and Jobs were created at "
      "2026-11-23T11:00:01Z");
}

BOOST_AUTO_TEST_SUITE_END()
