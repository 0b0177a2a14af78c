#include "test/unit/supervisor/stage.hpp"

// When the Kubernetes Event PodFailure is published
// (docs/behaviour/lifecycle.md#events).

using namespace locust;
using namespace locust::testing;

namespace {

/// How many Events PodFailure are published once the status is stored.
size_t failures_told(stage& s) {
  s.stores();
  size_t count = 0;
  for (const auto& command : s.take())
    if (const auto* event = std::get_if<publish_event>(&command))
      count += event->reason == "PodFailure" ? 1 : 0;
  return count;
}

stage pending_pods() {
  auto s = stage::launched();
  s.shows(the_master().active(1)).shows(the_workers().active(3));
  s.shows(master_pod().runs());
  for (int n : {1, 2, 3})
    s.shows(worker_pod(n));
  failures_told(s);
  return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pod_events)

BOOST_AUTO_TEST_CASE(the_event_is_sent_when_trouble_begins) {
  auto s = pending_pods();
  s.shows(worker_pod(1).waits("ErrImagePull", "no image"));
  BOOST_TEST(failures_told(s) == 1u);
  // More pods, fewer pods, and another text of the kubelet.
  s.passes(5s).shows(worker_pod(2).waits("ErrImagePull", "no image"));
  s.then(condition_type::pods_healthy, "False", "ImagePullError",
         "ImagePullError: 2 pod(s) affected [load-worker-1, load-worker-2]: "
         "no image");
  BOOST_TEST(failures_told(s) == 0u);
  s.passes(5s).shows(worker_pod(1).runs());
  s.passes(5s).shows(worker_pod(2).waits("ImagePullBackOff", "waiting"));
  BOOST_TEST(failures_told(s) == 0u);
  s.then(condition_type::pods_healthy, "False", "ImagePullError",
         "ImagePullError: 1 pod(s) affected [load-worker-2]: no image");
}

BOOST_AUTO_TEST_CASE(another_kind_of_trouble_is_told) {
  auto s = pending_pods();
  s.shows(worker_pod(1).waits("ErrImagePull", "no image"));
  BOOST_TEST(failures_told(s) == 1u);
  s.shows(worker_pod(2).waits("CreateContainerConfigError", "no ConfigMap"));
  BOOST_TEST(failures_told(s) == 1u);
}

BOOST_AUTO_TEST_CASE(trouble_that_comes_back_is_told) {
  auto s = pending_pods();
  s.shows(worker_pod(1).waits("ErrImagePull", "no image"));
  BOOST_TEST(failures_told(s) == 1u);
  s.shows(worker_pod(1).runs());
  s.passes(5s).shows(worker_pod(2).waits("ErrImagePull", "no image"));
  BOOST_TEST(failures_told(s) == 1u);
}

BOOST_AUTO_TEST_CASE(the_first_lost_pod_of_each_job_is_told) {
  auto s = stage::started();
  failures_told(s);
  s.shows(worker_pod(1).evicted("low on memory"));
  BOOST_TEST(failures_told(s) == 1u);
  s.passes(5s).shows(worker_pod(2).evicted("low on memory"));
  BOOST_TEST(failures_told(s) == 0u);
  s.passes(5s).shows(master_pod().runs().disrupted("Eviction: by hand"));
  BOOST_TEST(failures_told(s) == 1u);
}

BOOST_AUTO_TEST_CASE(an_entry_of_an_older_version_keeps_its_event) {
  auto old = decode_fact("PodsFailing", {{"reason", "r"}, {"message", "m"}});
  BOOST_REQUIRE(old.has_value());
  BOOST_TEST(lifecycle::announcement_for({1, {noon, 1, *old}}, {}).has_value());
  BOOST_TEST(!encode(*old).contains("sameKind"));
}

BOOST_AUTO_TEST_SUITE_END()
