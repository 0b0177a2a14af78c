#include "actors/supervisor/child_answer.hpp"
#include "test/unit/supervisor/stage.hpp"

// Observations that are not part of the state: edits
// (docs/behaviour/lifecycle.md#spec-drift), lost children and retries. Repeated
// observations change nothing.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto drifted = condition_type::spec_drifted;

child_result refusal(child_kind child, int status = 403) {
  child_result answer;
  answer.child = child;
  answer.what = child_result::outcome::refused;
  answer.status = status;
  answer.message = "exceeded quota";
  return answer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(assess_suite)

BOOST_AUTO_TEST_CASE(nothing_is_judged_before_everything_is_listed) {
  auto s = stage::started().restarted();
  s.list(watched_kind::jobs).list(watched_kind::services).then_facts({});
  s.list(watched_kind::pods)
      .then_facts({"Resumed", "ChildDeleted", "ChildDeleted", "ChildDeleted"});
}

BOOST_AUTO_TEST_CASE(seeing_the_same_again_says_nothing) {
  auto s = stage::started();
  s.quietly();
  for (int i = 0; i < 3; ++i) {
    s.shows(the_master().active(1)).shows(the_workers().active(3).ready(3));
    s.shows(master_pod().runs()).shows(worker_pod(2).runs());
    for (auto kind :
         {watched_kind::services, watched_kind::jobs, watched_kind::pods})
      s.list(kind);
    s.passes(1s);
  }
  s.then_facts({});
}

BOOST_AUTO_TEST_CASE(an_active_count_that_drops_to_zero_is_no_step_back) {
  auto s = stage::started();
  s.quietly().shows(the_master().active(0)).then_facts({});
  s.then_phase("Running");
}

BOOST_AUTO_TEST_CASE(a_run_is_pending_until_the_master_runs) {
  auto s = stage::launched();
  s.shows(the_workers().active(3)).then_phase("Pending");
  s.shows(the_master().active(1)).then_phase("Pending");
  s.shows(worker_pod(1).runs()).then_phase("Pending");
  s.shows(master_pod().runs()).then_phase("Running");
}

// -- the spec -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_unedited_test_has_no_drift) {
  auto s = stage::started();
  s.check(find(s.core.state(), drifted) == nullptr, "no condition at all");
}

BOOST_AUTO_TEST_CASE(an_edit_of_a_run_is_drift) {
  auto s = stage::started();
  s.edits("image-b").then_phase("Running");
  s.check(find(s.core.state(), drifted)->status == lifecycle::truth::yes,
          "docs/behaviour/lifecycle.md#spec-drift");
  BOOST_TEST(s.core.state().observed_generation == 2);
  s.edits("image-a");
  s.check(find(s.core.state(), drifted)->reason == "SpecRestored",
          "docs/behaviour/lifecycle.md#spec-drift");
}

BOOST_AUTO_TEST_CASE(an_edit_without_a_new_generation_is_drift) {
  // By a client of v1 that changes the annotation with the rest of the spec.
  auto s = stage::started();
  s.edits("image-b", 3, 0).then_phase("Running");
  BOOST_TEST_REQUIRE(find(s.core.state(), drifted) != nullptr);
  BOOST_TEST((find(s.core.state(), drifted)->status == lifecycle::truth::yes));
  s.edits("image-a", 3, 0);
  BOOST_TEST(find(s.core.state(), drifted)->reason == "SpecRestored");
}

BOOST_AUTO_TEST_CASE(an_edit_that_changes_nothing_is_only_observed) {
  auto s = stage::started();
  s.edits("image-a");
  BOOST_TEST(s.core.state().observed_generation == 2);
  s.check(find(s.core.state(), drifted) == nullptr, "no drift");
}

BOOST_AUTO_TEST_CASE(an_edit_before_anything_is_built_is_the_run) {
  stage s;
  s.edits("image-b", 5);
  BOOST_TEST(s.core.state().run.spec_hash == hash_of("image-b", 5));
  BOOST_TEST(s.core.state().run.expected_workers == 5);
}

BOOST_AUTO_TEST_CASE(an_edit_after_a_refusal_is_tried_at_once) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.answers(refusal(child_kind::master_job)).take();
  s.edits("image-b", 1).stores().then_command("create_child MasterJob");
  BOOST_TEST(*s.core.run_spec() == spec_text("image-b", 1));
}

BOOST_AUTO_TEST_CASE(an_edit_waits_for_the_answer_to_a_creation) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.quietly().edits("image-b").then_facts({});
  s.answers(child_kind::master_job, master_uid)
      .then_facts({"ChildCreated", "SpecEdited"});
  BOOST_TEST(s.core.state().run.spec_hash == hash_of("image-a"));
  s.check(find(s.core.state(), drifted)->status == lifecycle::truth::yes,
          "the master was built from what it was");
}

BOOST_AUTO_TEST_CASE(an_edit_waits_for_an_answer_that_was_overtaken) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.misses_service().quietly().edits("image-b").then_facts({});
  s.answers(refusal(child_kind::master_job));
  s.then_facts({"CreateFailed", "Accepted"});
}

BOOST_AUTO_TEST_CASE(an_edit_does_not_mix_workers_with_another_master) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.answers(child_kind::master_job, master_uid);
  s.answers(refusal(child_kind::worker_job)).edits("image-b", 1);
  BOOST_TEST(s.core.state().run.spec_hash == hash_of("image-a"));
  BOOST_TEST(s.core.state().run.expected_workers == 3);
}

// -- children -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_child_that_is_being_deleted_is_there) {
  auto s = stage::started();
  s.quietly().shows(the_workers().active(3).ready(3).deleting());
  s.then_facts({});
}

BOOST_AUTO_TEST_CASE(a_service_that_is_gone_is_lost) {
  auto s = stage::started();
  s.quietly().misses_service().then_facts({"ChildDeleted"});
  s.then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(a_job_that_took_the_place_of_ours_is_not_ours) {
  auto s = stage::started();
  s.quietly().removes(the_workers().active(3));
  s.shows(the_workers("uid-hand-made").owned_by("uid-x"));
  s.then_facts({"ChildDeleted"}).stores();
  s.then_command("create_child WorkerJob");
}

BOOST_AUTO_TEST_CASE(a_worker_job_that_finished_is_not_brought_back) {
  auto s = stage::started(0);
  s.quietly().removes(the_workers().complete()).passes(20s).then_facts({});
}

BOOST_AUTO_TEST_CASE(a_worker_job_with_a_ttl_that_vanished_may_have_finished) {
  auto s = stage::started(0);
  s.quietly().misses(the_workers()).passes(9s).then_facts({});
  s.completes().then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(
    a_worker_job_that_vanished_is_missed_if_the_master_goes_on) {
  auto s = stage::started(0);
  s.quietly().misses(the_workers()).then_looks_again_in(10s).passes(10s);
  s.then_facts({"ChildDeleted"}).then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(a_worker_job_that_vanished_while_the_operator_was_down) {
  auto s = stage::started(0).restarted();
  s.shows(the_master().active(1)).shows(master_pod().runs());
  s.shows(the_service());
  lists_all(s).passes(9s).then_facts({"Resumed"});
  s.passes(1s).then_facts({"ChildDeleted"});
}

BOOST_AUTO_TEST_CASE(nothing_is_brought_back_once_the_master_has_ended) {
  auto s = stage::started();
  s.shows(master_pod().exits(0)).quietly();
  s.removes(the_workers().active(3)).passes(1min).then_facts({});
}

// -- retries ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_retry_is_one_attempt) {
  stage s;
  s.stores().answers(refusal(child_kind::master_service)).quietly();
  s.then_looks_again_in(5s).passes(5s).passes(5s).passes(5min);
  s.then_facts({"Retrying"});
}

BOOST_AUTO_TEST_CASE(a_leftover_that_is_gone_is_not_waited_for_any_longer) {
  stage s;
  child_result answer;
  answer.child = child_kind::master_service;
  answer.what = child_result::outcome::conflict;
  answer.deleting = true;
  s.stores().answers(answer).quietly().passes(1s).misses_service();
  s.then_facts({"Retrying"}).then_command("create_child MasterService");
}

BOOST_AUTO_TEST_CASE(a_leftover_in_sight_is_waited_for_without_asking) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.shows(the_master("uid-old").owned_by("uid-x").deleting());
  child_result answer;
  answer.child = child_kind::master_job;
  answer.what = child_result::outcome::conflict;
  answer.deleting = true;
  s.answers(answer).quietly().passes(1h).then_facts({});
  s.removes(the_master("uid-old").owned_by("uid-x").deleting());
  s.then_facts({"Retrying"}).then_command("create_child MasterJob");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_holds_no_retry_up) {
  stage s;
  s.stores().passes(-1h).answers(refusal(child_kind::master_service));
  s.quietly().then_looks_again_in(5s).passes(5s).then_facts({"Retrying"});
}

BOOST_AUTO_TEST_CASE(an_own_job_that_is_in_the_way_is_ours) {
  // A quota of one Job rejects the request before the name is checked.
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.drops(child_kind::master_job).passes(100ms);
  s.answers(refusal(child_kind::master_job)).quietly();
  s.shows(the_master()).then_facts({"ChildCreated"});
}

// -- deletion -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_deletion_comes_before_everything_else) {
  auto s = stage::started();
  auto going = std::make_shared<locust_test>(*s.core.observed().test);
  going->deleting = true;
  going->finalizers = {"other", "locust.io/cleanup"};
  s.quietly().shows(*going).then_facts({"Deleting"});
  const auto& fact = std::get<fact::deleting>(s.events().back().fact);
  BOOST_TEST(fact.finalizer);
  s.removes(the_master().complete()).removes(the_workers());
  s.passes(1h).then_facts({});
}

// -- answers ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(answers_become_the_facts_that_they_mean) {
  using outcome = child_result::outcome;
  child_result a;
  a.child = child_kind::master_job;
  a.name = "load-master";
  a.uid = "u";
  a.owner = "Job x";
  a.message = "no";
  auto fact = [&](outcome what, int status = 0, bool transient = false) {
    a.what = what;
    a.status = status;
    a.transient = transient;
    return fact_of(a, "load");
  };
  using fact_type = lifecycle_fact;
  const auto child = child_kind::master_job;
  BOOST_TEST(
      (fact(outcome::created) ==
       fact_type(fact::child_created{child, "load-master", "u", false})));
  BOOST_TEST((fact(outcome::adopted) ==
              fact_type(fact::child_created{child, "load-master", "u", true})));
  BOOST_TEST(
      (fact(outcome::conflict) ==
       fact_type(fact::name_conflict{child, "load-master", "Job x", false})));
  BOOST_TEST((fact(outcome::refused, 403) ==
              fact_type(fact::create_failed{child, "load-master", "no", false,
                                            false})));
  BOOST_TEST((
      fact(outcome::failed, 0, true) ==
      fact_type(fact::create_failed{child, "load-master", "no", true, false})));
  BOOST_TEST(
      (fact(outcome::failed, 429, true) ==
       fact_type(fact::create_failed{child, "load-master", "no", true, true})));
  a.message = std::string(5000, 'x') + "\xff";
  auto cut = std::get<fact::create_failed>(fact(outcome::refused, 422));
  BOOST_TEST(cut.message.size() == 1024U);
}

BOOST_AUTO_TEST_SUITE_END()
