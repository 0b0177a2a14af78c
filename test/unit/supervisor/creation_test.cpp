#include "test/unit/supervisor/story.hpp"

// Creations that do not succeed at once:
// docs/behaviour/lifecycle.md#create-failures,
// docs/behaviour/lifecycle.md#name-conflict, and the part of
// docs/behaviour/lifecycle.md#no-second-run about creating a master Job only
// once.

using namespace locust;
using namespace locust::testing;
using lifecycle::creating;

namespace {

const creating& phase(const story& s) {
  return std::get<creating>(s.state().at);
}

/// Time from the latest event to the next attempt.
std::chrono::microseconds pause(const story& s) {
  return phase(s).blocked->retry_at - (s.now() - 1s);
}

} // namespace

BOOST_AUTO_TEST_SUITE(creation)

BOOST_AUTO_TEST_CASE(a_refusal_shows_with_the_servers_own_words) {
  story s;
  s.given(accepted_run()).given({service_created()});
  s.when(refused(child_kind::master_job, "exceeded quota: jobs"))
      .then_phase("Pending")
      .then(condition_type::ready, "False", "ResourcesFailed",
            "Could not create Job load-master: exceeded quota: jobs")
      .then_commands({"write_status revision 3"});
  s.when_stored().then_command(
      "publish_event Warning CreateFailed \"Could not create Job "
      "load-master: exceeded quota: jobs\"");
}

BOOST_AUTO_TEST_CASE(a_fault_of_the_spec_is_not_that_of_a_child) {
  story s;
  s.given(accepted_run());
  auto fault = refused(child_kind::master_service, "spec.master is missing");
  fault.unsent = true;
  s.when(fault).then(condition_type::ready, "False", "ResourcesFailed",
                     "spec.master is missing");
}

BOOST_AUTO_TEST_CASE(the_same_refusal_again_is_not_written_again) {
  story s;
  s.given(accepted_run())
      .given(
          {refused(child_kind::master_service, "forbidden"), fact::retrying{}});
  s.when(refused(child_kind::master_service, "forbidden")).then_no_command();
  s.given({fact::retrying{}});
  s.when(refused(child_kind::master_service, "bad label"))
      .then_commands({"write_status revision 3"});
}

BOOST_AUTO_TEST_CASE(a_permanent_refusal_is_retried_with_back_off) {
  story s;
  s.given(accepted_run());
  for (auto expected : {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
    s.when(refused(child_kind::master_service, "forbidden"));
    s.check(pause(s) == expected,
            "a pause of " + std::to_string(expected.count()) + " s");
    s.when(fact::retrying{}).then_commands({"create_child MasterService"});
  }
}

BOOST_AUTO_TEST_CASE(
    a_transient_failure_is_retried_at_once_and_then_less_often) {
  story s;
  s.given(accepted_run());
  for (auto expected : {50ms, 100ms, 200ms, 400ms, 800ms}) {
    s.when(refused(child_kind::master_service, "timeout", true));
    s.check(pause(s) == expected,
            "a pause of " + std::to_string(expected.count()) + " ms");
    s.when(fact::retrying{});
  }
  for (int i = 0; i < 10; ++i)
    s.when(refused(child_kind::master_service, "timeout", true))
        .when(fact::retrying{});
  s.when(refused(child_kind::master_service, "timeout", true));
  s.check(pause(s) == 30s, "never more than 30 s");
}

BOOST_AUTO_TEST_CASE(a_failure_that_lasts_less_than_a_second_is_not_shown) {
  story s;
  s.given(accepted_run());
  for (int i = 0; i < 3; ++i)
    s.when(refused(child_kind::master_service, "timeout", true))
        .then_no_command()
        .given({fact::retrying{}});
  s.when(refused(child_kind::master_service, "timeout", true))
      .then(condition_type::ready, "False", "ResourcesFailed",
            "Could not create Service load-master: timeout")
      .then_commands({"write_status revision 2"});
}

BOOST_AUTO_TEST_CASE(an_attempt_in_progress_is_not_repeated) {
  story s;
  s.given(accepted_run())
      .given({refused(child_kind::master_service, "no"), fact::retrying{}});
  s.when(fact::retrying{}).then_unchanged().then_no_command();
}

BOOST_AUTO_TEST_CASE(a_creation_that_succeeds_after_all_clears_ready) {
  story s;
  s.given(accepted_run())
      .given({refused(child_kind::master_service, "no"), fact::retrying{}});
  s.when(service_created())
      .then(condition_type::ready, "False", "ResourcesCreating",
            "Resources are being created")
      .then_command("create_child MasterJob");
}

BOOST_AUTO_TEST_CASE(an_object_of_another_owner_is_a_conflict) {
  story s;
  s.given(accepted_run());
  s.when(conflict(child_kind::master_service, "LocustTest a-b"))
      .then(condition_type::ready, "False", "NameConflict",
            "Service load-master exists and belongs to LocustTest a-b")
      .then_commands({"write_status revision 2"});
  s.when_stored().then_command(
      "publish_event Warning NameConflict \"Service load-master exists and "
      "belongs to LocustTest a-b\"");
  s.given({fact::retrying{}});
  s.when(conflict(child_kind::master_service, "LocustTest a-b"))
      .then_no_command();
}

BOOST_AUTO_TEST_CASE(a_leftover_that_is_being_deleted_is_waited_for) {
  story s;
  s.given(accepted_run());
  s.when(conflict(child_kind::master_job, "", true)).then_unchanged();
  s.when(conflict(child_kind::master_service, "", true))
      .then(condition_type::ready, "False", "NameConflict",
            "Service load-master of an earlier run is still being deleted");
}

BOOST_AUTO_TEST_CASE(an_edit_counts_as_long_as_nothing_is_built) {
  story s;
  s.given(accepted_run())
      .given({refused(child_kind::master_service, "too many workers")});
  s.when(fact::accepted{"hash-b", 2, {}})
      .then(condition_type::ready, "False", "ResourcesCreating",
            "Resources are being created")
      .then_commands(
          {"write_status revision 3 (may wait)", "create_child MasterService"});
  s.check(s.state().run.spec_hash == "hash-b", "the new spec is the run's");
}

BOOST_AUTO_TEST_CASE(with_a_ttl_each_attempt_is_stored_before_it_is_made) {
  story s;
  s.given(accepted_run(0)).given({service_created()});
  s.given({refused(child_kind::master_job, "quota")});
  s.when(fact::retrying{}).then_commands({"write_status revision 4"});
  s.when_stored().then_command("create_child MasterJob");
}

BOOST_AUTO_TEST_CASE(with_a_ttl_the_pauses_grow_all_the_same) {
  story s;
  s.given(accepted_run(0)).given({service_created()});
  for (auto expected : {5s, 10s, 20s}) {
    s.when(refused(child_kind::master_job, "forbidden"));
    s.check(pause(s) == expected,
            "a pause of " + std::to_string(expected.count()) + " s");
    s.when(fact::retrying{})
        .when_stored()
        .then_command("create_child MasterJob");
  }
}

BOOST_AUTO_TEST_CASE(only_the_master_job_needs_a_stored_attempt) {
  story s;
  s.given(accepted_run(0));
  s.given({refused(child_kind::master_service, "forbidden")});
  s.when(fact::retrying{}).then_commands({"create_child MasterService"});
  s.when(service_created()).then_commands({"write_status revision 3"});
  s.when_stored().then_command("create_child MasterJob");
}

BOOST_AUTO_TEST_CASE(an_unanswered_attempt_is_stored_already) {
  story s;
  s.given(accepted_run(600)).given({service_created(), fact::stored{2}});
  s.given({refused(child_kind::master_job, "timeout", true)});
  s.when(fact::retrying{}).then_commands({"create_child MasterJob"});
}

BOOST_AUTO_TEST_CASE(a_master_job_that_may_have_run_is_not_created_again) {
  story s;
  s.given(accepted_run(0)).given({service_created(), fact::stored{2}});
  s.given({refused(child_kind::master_job, "timeout", true)});
  s.later(10s)
      .when(fact::retrying{})
      .then_commands({"write_status revision 3"});
  s.when_stored().then_no_command();
  s.check(phase(s).doubt_confirmed_at.has_value(),
          "from now on the watch is given time to tell");
}

BOOST_AUTO_TEST_CASE(without_a_ttl_a_job_that_was_created_is_still_there) {
  story s;
  s.given(accepted_run()).given({service_created()});
  s.given({refused(child_kind::master_job, "timeout", true)});
  s.later(1h).when(fact::retrying{}).then_commands({"create_child MasterJob"});
}

BOOST_AUTO_TEST_CASE(an_attempt_that_got_a_429_cannot_have_run) {
  auto turned_away = refused(child_kind::master_job, "busy", true);
  turned_away.untouched = true;
  story s;
  s.given(accepted_run(0))
      .given({service_created(), fact::stored{2}, turned_away});
  s.later(1h).when(fact::retrying{}).then_commands({"create_child MasterJob"});
}

BOOST_AUTO_TEST_CASE(after_a_restart_a_refused_attempt_is_stored_first) {
  story s;
  s.given(accepted_run(0)).given({service_created()});
  s.given({refused(child_kind::master_job, "quota")}).restarted();
  s.check(phase(s).blocked && !phase(s).announced, "it waits to be retried");
  s.when(fact::retrying{}).then_commands({"write_status revision 1"});
  s.when_stored().then_commands({"create_child MasterJob"});
}

BOOST_AUTO_TEST_CASE(after_a_restart_a_stored_attempt_is_made) {
  story s;
  s.given(accepted_run()).given({service_created()}).restarted();
  s.then_command("create_child MasterJob");
}

BOOST_AUTO_TEST_SUITE_END()
