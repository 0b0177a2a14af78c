#include "test/unit/supervisor/stage.hpp"

// What becomes of the Jobs: docs/behaviour/lifecycle.md#after-the-end.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto completed = condition_type::test_completed;

const std::string workers = "/apis/batch/v1/namespaces/ns/jobs/load-worker";
const std::string master = "/apis/batch/v1/namespaces/ns/jobs/load-master";

api_response answer(int status) {
  api_response a;
  a.status = status;
  a.body = std::make_shared<const std::string>();
  return a;
}

void then_suspends(stage& s, const std::vector<std::string>& jobs,
                   const std::string& uid_of_workers = worker_uid) {
  std::string got;
  for (const auto& request : std::exchange(s.suspensions, {})) {
    auto uid = request.target == workers ? uid_of_workers : master_uid;
    BOOST_TEST(*request.body == R"({"metadata":{"uid":")" + uid +
                                    R"("},"spec":{"suspend":true}})");
    got += request.target + ' ';
  }
  s.equal("suspended Jobs", got, joined(jobs));
}

/// A run that has failed because the master exited with 1 while its workers
/// still run.
stage failed_master() {
  auto s = stage::started();
  s.shows(master_pod().exits(1)).shows(the_master().failed());
  return s.stores().then_phase("Failed");
}

/// A run whose workers somebody has deleted, so that they are created again.
stage without_workers() {
  auto s = stage::started();
  return s.removes(the_workers()).stores();
}

/// Shows the stored status.
stage& shows_its_status(stage& s) {
  auto test = *s.core.observed().test;
  test.status =
      std::make_shared<const std::string>(render_status(s.core.state(), ""));
  return s.shows(test);
}

const std::string new_uid = "uid-new-workers";

} // namespace

BOOST_AUTO_TEST_SUITE(after_the_end)

BOOST_AUTO_TEST_CASE(workers_have_a_moment_to_end_by_themselves) {
  auto s = failed_master();
  then_suspends(s.passes(9s), {});
  auto gone = s;
  for (int n : {1, 2, 3})
    gone.shows(worker_pod(n).exits(0));
  then_suspends(gone.passes(60s), {});
  then_suspends(s.passes(1s), {workers});
}

BOOST_AUTO_TEST_CASE(pods_that_never_started_are_stopped_at_once) {
  auto s = stage::with_grace(60s);
  for (int n : {1, 2, 3})
    s.shows(worker_pod(n).waits("ErrImagePull", "no such image"));
  s.shows(master_pod().waits("ErrImagePull", "no such image")).passes(60s);
  then_suspends(s.stores().then_phase("Failed"), {workers});
  then_suspends(s.suspended(answer(200)), {master});
  then_suspends(s.suspended(answer(200)), {});
}

// A new leader would take it for that of a person, and wait for its end.
BOOST_AUTO_TEST_CASE(nothing_is_suspended_before_the_end_is_stored) {
  auto s = stage::started();
  s.shows(master_pod().exits(1)).shows(the_master().failed());
  then_suspends(s.then_phase("Failed").passes(1h), {});
  then_suspends(s.stores(), {workers});
}

BOOST_AUTO_TEST_CASE(a_job_that_no_watch_has_shown_is_waited_for) {
  auto s = without_workers();
  s.answers(child_kind::worker_job, new_uid);
  s.shows(master_pod().exits(1)).shows(the_master().failed());
  s.stores().then_phase("Failed");
  then_suspends(shows_its_status(s).passes(1h), {});
  then_suspends(s.shows(the_workers(new_uid).active(3)), {workers}, new_uid);
}

BOOST_AUTO_TEST_CASE(a_creation_without_an_answer_is_waited_for) {
  auto s = without_workers();
  s.shows(master_pod().exits(1)).shows(the_master().failed());
  s.stores().then_phase("Failed");
  then_suspends(shows_its_status(s).passes(1h), {});
  s.answers(child_kind::worker_job, new_uid);
  then_suspends(s.shows(the_workers(new_uid).active(3)), {workers}, new_uid);
}

BOOST_AUTO_TEST_CASE(a_job_whose_answer_was_lost_is_waited_for) {
  auto s = without_workers();
  s.drops(child_kind::worker_job);
  s.shows(master_pod().exits(1)).shows(the_master().failed());
  s.stores().then_phase("Failed");
  auto late = shows_its_status(s);
  s.passes(record_patience - 1s);
  then_suspends(s.shows(the_workers(new_uid)), {workers}, new_uid);
  BOOST_TEST(!late.core.observed().jobs.empty());
  BOOST_TEST(late.passes(record_patience).core.observed().jobs.empty());
}

// The leader before could not store that it had created them.
BOOST_AUTO_TEST_CASE(workers_that_no_status_tells_of_are_suspended) {
  auto next = stage::started().restarted();
  next.shows(the_master().failed()).shows(master_pod().exits(1));
  lists_all(next.shows(the_workers(new_uid).active(3)));
  then_suspends(next.stores().then_phase("Failed").passes(1s), {workers},
                new_uid);
}

BOOST_AUTO_TEST_CASE(a_pod_whose_locust_has_ended_is_not_touched) {
  container_seen proxy;
  proxy.name = "istio-proxy";
  proxy.running = true;
  auto s = failed_master();
  s.shows(worker_pod(1).exits(0).joined_by(proxy)).passes(60s);
  then_suspends(s, {});
}

BOOST_AUTO_TEST_CASE(nothing_is_suspended_that_has_ended_or_is_suspended) {
  auto s = failed_master();
  then_suspends(s.shows(the_workers().suspended()).passes(60s), {});
  then_suspends(s.shows(the_workers().active(3)).passes(1s), {workers});
  auto other = failed_master();
  then_suspends(other.shows(the_workers().failed()).passes(60s), {});
}

BOOST_AUTO_TEST_CASE(a_refusal_is_repeated_but_a_missing_right_is_final) {
  auto s = failed_master();
  then_suspends(s.passes(10s), {workers});
  auto refused = s;
  then_suspends(refused.suspended(answer(422)), {});
  then_suspends(refused.passes(10s), {workers});
  then_suspends(s.suspended(answer(403)).passes(1h), {});
}

BOOST_AUTO_TEST_CASE(another_process_does_it_after_a_restart) {
  auto s = failed_master();
  auto next = s.restarted();
  next.shows(the_master().failed()).shows(the_workers().active(3));
  next.shows(master_pod().exits(1));
  for (int n : {1, 2, 3})
    next.shows(worker_pod(n).runs());
  then_suspends(lists_all(next).passes(10s), {workers});
}

BOOST_AUTO_TEST_CASE(a_run_that_is_over_keeps_nothing) {
  auto s = failed_master();
  for (int n : {1, 2, 3})
    s.shows(worker_pod(n).exits(0));
  s.shows(the_workers().complete());
  BOOST_TEST(s.core.observed().pods.empty());
  BOOST_TEST(s.core.observed().jobs.empty());
}

// -- spec.startupTimeoutSeconds -----------------------------------------------

BOOST_AUTO_TEST_CASE(a_node_is_waited_for_without_end) {
  auto s = stage::launched();
  s.shows(master_pod().unschedulable("0/3 nodes are available"));
  s.passes(24h).then_phase("Pending");
  s.then(condition_type::pods_healthy, "False", "SchedulingError",
         "SchedulingError: 1 pod(s) affected [load-master-x]: 0/3 nodes are "
         "available");
}

BOOST_AUTO_TEST_CASE(a_startup_timeout_names_the_trouble_of_the_moment) {
  auto s = stage::launched_with("-f a.py", R"("startupTimeoutSeconds":90,)");
  s.shows(master_pod().unschedulable("0/3 nodes are available"));
  s.passes(89s).then_phase("Pending").passes(1s).then_phase("Failed");
  s.then(completed, "True", "StartupTimeout",
         "Test failed: no load after 90 s (spec.startupTimeoutSeconds): "
         "SchedulingError: 1 pod(s) affected [load-master-x]: 0/3 nodes are "
         "available");
}

BOOST_AUTO_TEST_CASE(a_startup_timeout_does_not_count_in_a_suspension) {
  auto s = stage::launched_with("-f a.py", R"("startupTimeoutSeconds":90,)");
  s.shows(the_master().suspended()).passes(1h).then_phase("Pending");
  s.shows(the_master()).passes(89s).then_phase("Pending");
  s.passes(1s).then_phase("Failed");
}

BOOST_AUTO_TEST_SUITE_END()
