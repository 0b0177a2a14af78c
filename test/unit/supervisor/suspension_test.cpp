#include "test/unit/supervisor/stage.hpp"

// Pods that a suspended Job removes are neither lost nor failed.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto healthy = condition_type::pods_healthy;
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

BOOST_AUTO_TEST_CASE(what_is_taken_from_a_job_that_went_on_is_lost) {
  auto s = stage::started();
  s.passes(10s).shows(the_workers().resumed(s.now));
  s.shows(worker_pod(4).created(s.now).runs());
  s.shows(worker_pod(4).created(s.now).runs().deleting()).passes(3s);
  s.then(healthy, "False", "PodLost",
         "PodLost: 1 pod(s) affected [load-worker-4]: the pod was deleted "
         "before it ended");
}

BOOST_AUTO_TEST_SUITE_END()
