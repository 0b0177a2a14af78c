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
  s.passes(300s).then_phase("Running");
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

BOOST_AUTO_TEST_SUITE_END()
