#include "test/unit/supervisor/stage.hpp"

// Observations in any order: late answers, old versions, bounds.

using namespace locust;
using namespace locust::testing;

namespace {

const observed_child* known(const stage& s, child_kind child) {
  const auto& slot = s.core.observed().children[child];
  return slot ? &*slot : nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(observed_objects_suite)

BOOST_AUTO_TEST_CASE(an_answer_may_come_before_the_watch_shows_the_object) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.answers(child_kind::master_job, master_uid).quietly().passes(1min);
  s.then_facts({});
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_after_the_watch_shows_the_object) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.shows(the_master().active(1))
      .answers(child_kind::master_job, master_uid, "1");
  s.check(known(s, child_kind::master_job)->watched, "still as watched");
}

BOOST_AUTO_TEST_CASE(an_answer_about_a_deleted_object_changes_nothing) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.shows(the_master()).removes(the_master()).quietly();
  s.answers(child_kind::master_job, master_uid, "1001");
  s.then_facts({"ChildCreated", "ChildDeleted"});
}

BOOST_AUTO_TEST_CASE(an_answer_about_an_unlisted_object_changes_nothing) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid).quietly();
  s.list(watched_kind::jobs)
      .answers(child_kind::master_job, master_uid, "1001");
  s.then_facts({"ChildCreated", "ChildDeleted"});
}

BOOST_AUTO_TEST_CASE(
    a_child_known_from_an_answer_is_gone_when_a_list_lacks_it) {
  stage s;
  s.stores().answers(child_kind::master_service, service_uid);
  s.answers(child_kind::master_job, master_uid).quietly();
  s.list(watched_kind::jobs).then_facts({"ChildDeleted"});
}

BOOST_AUTO_TEST_CASE(a_child_that_was_found_exists_although_no_list_has_it) {
  // The label that the watch selects by was removed.
  auto s = stage::started();
  s.removes(the_workers().active(3)).stores();
  child_result found;
  found.child = child_kind::worker_job;
  found.what = child_result::outcome::adopted;
  found.uid = worker_uid;
  found.resource_version = "1001";
  s.list(watched_kind::jobs).quietly();
  found.resource_version = "999999";
  s.answers(found).then_facts({"ChildCreated", "Running", "PodsHealthy"});
}

BOOST_AUTO_TEST_CASE(an_older_version_does_not_replace_a_newer_one) {
  auto s = stage::started();
  auto old = the_master().active(0).seen;
  old.resource_version = "5";
  s.shows_again(old);
  BOOST_TEST(s.core.observed().job(master_uid)->job.active == 1);
  auto pod = master_pod().seen;
  pod.resource_version = "5";
  s.shows_again(pod);
  BOOST_TEST(s.core.observed().newest_pod_of(master_uid)->locust_runs);
}

BOOST_AUTO_TEST_CASE(many_past_jobs_do_not_push_the_present_ones_out) {
  auto s = stage::started();
  for (int i = 0; i < 40; ++i) {
    auto uid = i == 0 ? worker_uid : "w" + std::to_string(i);
    s.removes(the_workers(uid).active(3)).stores();
    auto next = "w" + std::to_string(i + 1);
    s.answers(child_kind::worker_job, next).shows(the_workers(next).active(3));
    for (int n = 0; n < 3; ++n)
      s.shows(worker_pod(100 + i * 3 + n, next).runs());
    s.check(s.core.observed().job(master_uid) != nullptr,
            "the master is known");
    s.check(s.core.observed().job(next) != nullptr, "the workers are known");
    for (int n = 0; n < 3; ++n)
      s.removes(worker_pod(100 + i * 3 + n, next).runs().deleting());
  }
  BOOST_TEST(s.core.observed().jobs.size() <= 9U);
  BOOST_TEST(s.core.observed().pods.size() <= 40U);
}

BOOST_AUTO_TEST_CASE(pods_that_are_gone_with_their_job_are_forgotten) {
  auto s = stage::started();
  s.misses(the_workers()).stores();
  for (int n : {1, 2, 3})
    s.removes(worker_pod(n).runs().deleting());
  BOOST_TEST(s.core.observed().pods.size() == 1U);
}

BOOST_AUTO_TEST_CASE(warnings_are_bounded_and_go_with_their_object) {
  auto s = stage::launched();
  for (int n = 0; n < 2000; ++n)
    s.warns("Pod", "uid-p" + std::to_string(n), "secret \"k\" not found");
  BOOST_TEST(s.core.observed().warnings.size() <= 600U);
  auto t = stage::launched();
  t.shows(worker_pod(1))
      .warns("Pod", "uid-load-worker-1", "secret \"k\" not found");
  t.removes(worker_pod(1));
  BOOST_TEST(t.core.observed().warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_finished_run_keeps_nothing_but_its_end) {
  auto s = stage::started();
  s.completes().stores().shows(the_workers().complete());
  BOOST_TEST(s.core.observed().pods.empty());
  BOOST_TEST(s.core.observed().jobs.empty());
  BOOST_TEST(s.core.observed().warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()
