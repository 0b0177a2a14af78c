#include "test/unit/supervisor/stage.hpp"

// Suspended Jobs (by a user or a queue): the Job controller deletes their pods,
// and creates all of them again when the Job is resumed.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto healthy = condition_type::pods_healthy;

const std::string lost_1 =
    "PodLost: 1 pod(s) affected [load-worker-1]: the pod was deleted before it "
    "ended";
const std::string lost_4 =
    "PodLost: 1 pod(s) affected [load-worker-4]: the pod was deleted before it "
    "ended";

} // namespace

BOOST_AUTO_TEST_SUITE(suspension)

BOOST_AUTO_TEST_CASE(what_a_suspension_takes_away_is_not_lost) {
  auto s = stage::started();
  s.quietly().shows(the_workers().suspended());
  for (int n : {1, 2, 3}) {
    s.shows(worker_pod(n).runs().deleting());
    s.removes(worker_pod(n).exits(143).deleting());
  }
  s.passes(300s).then_phase("Pending");
  s.then(healthy, "True", "PodsHealthy", "All pods are healthy");
}

BOOST_AUTO_TEST_CASE(nor_is_it_when_the_job_goes_on_before_that_is_seen) {
  auto s = stage::started();
  s.passes(10s).shows(the_workers().resumed(s.now));
  for (int n : {1, 2, 3})
    s.shows(worker_pod(n).runs().deleting());
  s.shows(worker_pod(4).created(s.now).runs()).passes(300s);
  s.then_phase("Running");
  s.then(healthy, "True", "PodsHealthy", "All pods are healthy");
}

BOOST_AUTO_TEST_CASE(a_suspension_that_is_seen_late_takes_back_a_loss) {
  auto s = stage::started();
  s.shows(worker_pod(1).runs().deleting()).passes(3s);
  s.then(healthy, "False", "PodLost", lost_1);
  auto other = s;
  s.shows(the_workers().suspended());
  s.then(healthy, "True", "PodsStarting", "Pods are starting up");
  // Its pods of before are not there for a process that starts later.
  auto late = other.restarted();
  late.shows(the_master().active(1)).shows(master_pod().runs());
  late.shows(the_workers().active(3).ready(3).resumed(late.now));
  for (int n : {4, 5, 6})
    late.shows(worker_pod(n).created(late.now).runs());
  lists_all(late).then(healthy, "True", "PodsHealthy", "All pods are healthy");
}

BOOST_AUTO_TEST_CASE(what_is_taken_from_a_job_that_went_on_is_lost) {
  auto s = stage::started();
  s.passes(10s).shows(the_workers().resumed(s.now));
  s.shows(worker_pod(4).created(s.now).runs());
  s.shows(worker_pod(4).created(s.now).runs().deleting()).passes(3s);
  s.then(healthy, "False", "PodLost", lost_4);
}

BOOST_AUTO_TEST_CASE(a_suspended_job_holds_the_run_until_it_goes_on) {
  auto s = stage::started();
  s.passes(5s).samples(3).quietly();
  s.shows(the_master().suspended()).then_phase("Pending");
  s.then(condition_type::ready, "False", "Suspended",
         "Suspended: Job load-master; the test continues when spec.suspend is "
         "false again");
  s.then(condition_type::workers_connected, "False", "WaitingForWorkers",
         "0/3 workers connected (the Locust master is not running yet)");
  s.shows(the_workers().suspended());
  s.then(condition_type::ready, "False", "Suspended",
         "Suspended: Jobs load-master, load-worker; the test continues when "
         "spec.suspend is false again");
  s.shows(master_pod().runs().deleting());
  s.removes(master_pod().exits(0).deleting());
  auto found = s.restarted();
  s.passes(1h).shows(the_workers().resumed(s.now));
  s.shows(the_master().resumed(s.now)).then_phase("Pending");
  s.then(condition_type::ready, "True", "ResourcesCreated",
         "All resources created");
  s.shows(the_master().active(1).resumed(s.now));
  s.shows(master_pod("load-master-y").created(s.now).runs());
  s.then_phase("Running");
  s.then_facts({"Suspended", "Suspended", "Suspended", "Continued", "Running"});
  // A process that starts in between knows, too.
  found.shows(the_service());
  found.shows(the_service());
  found.shows(the_master().suspended()).shows(the_workers().suspended());
  lists_all(found).then_phase("Pending").then_facts({"Resumed"});
}

BOOST_AUTO_TEST_CASE(a_queue_may_suspend_the_jobs_from_the_beginning) {
  auto s = stage::launched();
  s.shows(the_master().suspended()).shows(the_workers().suspended());
  s.passes(1h).then_phase("Pending");
  s.shows(the_workers().resumed(s.now)).shows(the_master().resumed(s.now));
  s.shows(the_master().active(1).resumed(s.now));
  s.shows(master_pod().created(s.now).runs()).then_phase("Running");
}

BOOST_AUTO_TEST_SUITE_END()
