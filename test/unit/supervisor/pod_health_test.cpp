#include "test/unit/supervisor/stage.hpp"

// Condition PodsHealthy: docs/behaviour/pods.md.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto healthy = condition_type::pods_healthy;

const std::string hint = " (create the missing object in this namespace; if "
                         "the test has already failed, delete and recreate it)";

std::string one(const std::string& kind, const std::string& pod,
                const std::string& detail) {
  return kind + ": 1 pod(s) affected [" + pod + "]: " + detail;
}

container_seen container(std::string name) {
  container_seen c;
  c.name = std::move(name);
  return c;
}

container_seen waiting(std::string name, std::string reason,
                       std::string message) {
  auto c = container(std::move(name));
  c.waiting_reason = std::move(reason);
  c.waiting_message = std::move(message);
  return c;
}

container_seen exited(std::string name, int32_t code) {
  auto c = container(std::move(name));
  c.exit_code = code;
  c.exit_reason = "Error";
  return c;
}

container_seen sidecar(container_seen c) {
  c.sidecar = true;
  return c;
}

struct row {
  std::string what;
  a_pod pod;
  std::string reason;
  std::string message;
};

const std::string w1 = "load-worker-1";

} // namespace

BOOST_AUTO_TEST_SUITE(pod_health_suite)

BOOST_AUTO_TEST_CASE(each_problem_has_its_reason_and_names_the_pod) {
  const std::vector<row> rows = {
      {"not scheduled", worker_pod().unschedulable("0/3 nodes are available"),
       "SchedulingError",
       one("SchedulingError", w1, "0/3 nodes are available")},
      {"a key that is missing",
       worker_pod().waits("CreateContainerConfigError",
                          "secret \"k\" not found"),
       "ConfigurationError",
       one("ConfigurationError", w1, "secret \"k\" not found") + hint},
      {"the expected ConfigMap",
       worker_pod().waits("CreateContainerConfigError",
                          "configmap \"scripts\" not found"),
       "ConfigurationError",
       one("ConfigurationError", w1,
           "ConfigMap not found (expected: scripts). configmap \"scripts\" not "
           "found") +
           hint},
      {"another ConfigMap",
       worker_pod().waits("CreateContainerConfigError",
                          "configmap \"u\" not found"),
       "ConfigurationError",
       one("ConfigurationError", w1, "configmap \"u\" not found") + hint},
      {"no container", worker_pod().waits("CreateContainerError", "no mount"),
       "ConfigurationError",
       one("ConfigurationError", w1, "CreateContainerError: no mount") + hint},
      {"no start", worker_pod().waits("RunContainerError", "no such file"),
       "ConfigurationError",
       one("ConfigurationError", w1, "RunContainerError: no such file") + hint},
      {"a pull that fails", worker_pod().waits("ErrImagePull", "not found"),
       "ImagePullError", one("ImagePullError", w1, "not found")},
      {"a pull that waits", worker_pod().waits("ImagePullBackOff", "back-off"),
       "ImagePullError", one("ImagePullError", w1, "back-off")},
      {"an image error of another runtime",
       worker_pod().waits("ImagePullDenied", "no"), "ImagePullError",
       one("ImagePullError", w1, "no")},
      {"an image that is never pulled",
       worker_pod().waits("ErrImageNeverPull", "not present"), "ImagePullError",
       one("ImagePullError", w1, "not present")},
      {"a name that is none", worker_pod().waits("InvalidImageName"),
       "ImagePullError", one("ImagePullError", w1, "InvalidImageName")},
      {"a crash loop", worker_pod().waits("CrashLoopBackOff", "back-off 10s"),
       "CrashLoopBackOff", one("CrashLoopBackOff", w1, "back-off 10s")},
      {"a crash", worker_pod().exits(3), "CrashLoopBackOff",
       one("CrashLoopBackOff", w1,
           "Container load-worker exited with code 3: Error")},
      {"no memory", worker_pod().exits(137, "OOMKilled"), "CrashLoopBackOff",
       one("CrashLoopBackOff", w1,
           "Container load-worker exited with code 137: OOMKilled")},
      {"a failing init container", worker_pod().init(exited("setup", 1)),
       "InitializationError",
       one("InitializationError", w1,
           "Container setup exited with code 1: Error")},
      {"a sidecar that cannot start",
       master_pod().init(
           sidecar(waiting("exporter", "CrashLoopBackOff", "back-off"))),
       "CrashLoopBackOff",
       one("CrashLoopBackOff", "load-master-x", "back-off")},
      {"an eviction", worker_pod().evicted("low on memory"), "PodLost",
       one("PodLost", w1, "Evicted: low on memory")},
      {"a disruption",
       worker_pod().exits(137).disrupted("PreemptionByScheduler: preempted"),
       "PodLost", one("PodLost", w1, "PreemptionByScheduler: preempted")},
      {"a master without memory", master_pod().exits(137, "OOMKilled"),
       "CrashLoopBackOff",
       one("CrashLoopBackOff", "load-master-x",
           "Container load-master exited with code 137: OOMKilled")},
  };
  for (const auto& r : rows) {
    auto s = stage::started();
    s.shows(r.pod).then(healthy, "False", r.reason, r.message);
    s.check(!s.events().empty(), r.what);
  }
}

BOOST_AUTO_TEST_CASE(a_node_that_does_not_answer_loses_its_pods) {
  auto unknown = worker_pod().runs();
  unknown.seen.phase = pod_phase::unknown;
  auto lost = worker_pod().runs();
  lost.seen.reason = "NodeLost";
  for (const auto& pod : {unknown, lost}) {
    auto s = stage::started();
    s.shows(pod).then(healthy, "False", "PodLost",
                      one("PodLost", w1, "node node-1 is not responding"));
  }
}

BOOST_AUTO_TEST_CASE(healthy_pods_are_not_reported) {
  const std::vector<std::pair<std::string, a_pod>> rows = {
      {"starts", worker_pod().waits("ContainerCreating")},
      {"initialises", worker_pod().waits("PodInitializing")},
      {"ended well", worker_pod().exits(0)},
      {"locust's own verdict", master_pod().exits(1)},
      {"a sidecar that ended",
       master_pod().runs().init(sidecar(exited("exporter", 143)))},
      {"a pod that is being deleted", worker_pod().exits(143).deleting()},
      {"a pod of another Job", worker_pod(9, "uid-other").exits(1)},
  };
  for (const auto& [what, pod] : rows) {
    auto s = stage::started();
    s.shows(pod);
    const auto* c = find(s.core.state(), healthy);
    s.check(c->status == lifecycle::truth::yes, what);
  }
}

BOOST_AUTO_TEST_CASE(pods_count_by_their_job_whatever_their_labels_say) {
  auto s = stage::started();
  s.shows(worker_pod().labelled("something").exits(1))
      .then(healthy, "False", "CrashLoopBackOff",
            one("CrashLoopBackOff", w1,
                "Container load-worker exited with code 1: Error"));
}

BOOST_AUTO_TEST_CASE(the_most_severe_problem_gives_the_reason) {
  auto s = stage::started();
  s.shows(worker_pod(1).unschedulable("no room"));
  s.shows(worker_pod(2).unschedulable("no room"));
  s.shows(master_pod("load-master-x").waits("ImagePullBackOff", "no image"));
  s.then(healthy, "False", "ImagePullError",
         one("ImagePullError", "load-master-x", "no image"));
}

BOOST_AUTO_TEST_CASE(many_pods_are_counted_and_a_few_are_named) {
  auto s = stage::launched();
  for (int n : {7, 3, 5, 1, 2, 6, 4})
    s.shows(worker_pod(n).waits("ErrImagePull", "no image"));
  s.passes(4s);
  s.then(healthy, "False", "ImagePullError",
         "ImagePullError: 7 pod(s) affected [load-worker-1, load-worker-2, "
         "load-worker-3, load-worker-4, load-worker-5, and 2 more]: no image");
}

BOOST_AUTO_TEST_CASE(
    more_pods_with_the_same_problem_are_reported_at_intervals) {
  auto s = stage::launched();
  s.shows(worker_pod(1).waits("ErrImagePull", "no image")).quietly();
  s.shows(worker_pod(2).waits("ErrImagePull", "no image")).then_facts({});
  s.then_looks_again_in(4s);
}

BOOST_AUTO_TEST_CASE(another_problem_is_reported_at_once) {
  auto s = stage::launched();
  s.shows(worker_pod(1).unschedulable("no room")).quietly();
  s.shows(worker_pod(2).waits("ErrImagePull", "no image"));
  s.then(healthy, "False", "ImagePullError",
         one("ImagePullError", "load-worker-2", "no image"));
}

BOOST_AUTO_TEST_CASE(another_text_for_the_same_problem_changes_nothing) {
  auto s = stage::launched();
  s.shows(worker_pod().waits("ErrImagePull", "no image")).quietly();
  s.shows(worker_pod().waits("ImagePullBackOff", "Back-off pulling"));
  s.shows(worker_pod().waits("ErrImagePull", "no image")).then_facts({});
}

BOOST_AUTO_TEST_CASE(healthy_pods_are_reported_once) {
  auto s = stage::started();
  s.then(healthy, "True", "PodsHealthy", "All pods are healthy").quietly();
  s.shows(worker_pod(1).exits(0)).then_facts({});
}

// -- the grace period ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_problem_fails_the_test_when_the_grace_period_ends) {
  auto s = stage::launched();
  s.passes(10s).shows(worker_pod().waits("ErrImagePull", "no image"));
  s.then_phase("Pending").then_looks_again_in(110s);
  s.passes(109s).then_phase("Pending");
  s.passes(1s).then_phase("Failed").then(
      condition_type::test_completed, "True", "TestFailed",
      "Test failed: " + one("ImagePullError", w1, "no image"));
}

BOOST_AUTO_TEST_CASE(a_problem_that_ends_within_the_grace_period_is_harmless) {
  auto s = stage::launched();
  s.shows(worker_pod().waits("ErrImagePull", "no image")).passes(100s);
  s.shows(worker_pod().runs())
      .then(healthy, "True", "PodsStarting", "Pods are starting up");
  s.passes(10min).then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(the_grace_period_is_configurable) {
  auto s = stage::with_grace(30s);
  s.shows(worker_pod().waits("ErrImagePull", "no image"));
  s.then_looks_again_in(30s).passes(30s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(after_the_grace_period_the_jobs_decide_first) {
  // As when workers exit shortly before the master.
  auto s = stage::started();
  s.passes(10min).shows(worker_pod().exits(1));
  s.then_phase("Running").then_looks_again_in(10s).passes(2s);
  s.shows(the_workers().failed()).passes(9s).then_phase("Running");
  s.completes().then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(after_the_grace_period_a_lasting_problem_fails_the_test) {
  auto s = stage::started();
  s.passes(10min).shows(worker_pod().waits("CrashLoopBackOff", "back-off"));
  s.passes(10s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_master_that_has_ended_is_waited_for) {
  auto s = stage::started();
  s.passes(10min).shows(master_pod().exits(0));
  s.shows(worker_pod().exits(1)).passes(1min).then_phase("Running");
  s.completes().then_phase("Succeeded");
}

// -- what stands in no pod status ---------------------------------------------

BOOST_AUTO_TEST_CASE(a_volume_whose_object_is_missing_is_named) {
  auto s = stage::launched();
  s.shows(worker_pod().waits("ContainerCreating"));
  s.warns("Pod", "uid-" + w1,
          "MountVolume.SetUp failed: configmap \"scripts\" not found");
  s.then(healthy, "False", "ConfigurationError",
         one("ConfigurationError", w1,
             "ConfigMap not found (expected: scripts). MountVolume.SetUp "
             "failed: configmap \"scripts\" not found") +
             hint);
  s.passes(120s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_mount_that_succeeds_later_is_no_problem) {
  auto s = stage::launched();
  s.shows(worker_pod().waits("ContainerCreating"));
  s.warns("Pod", "uid-" + w1, "secret \"k\" not found");
  s.shows(worker_pod().runs())
      .then(healthy, "True", "PodsStarting", "Pods are starting up");
}

BOOST_AUTO_TEST_CASE(a_slow_mount_is_a_problem_when_it_lasts) {
  auto s = stage::launched();
  s.shows(worker_pod().waits("ContainerCreating")).quietly();
  s.passes(29s).warns("Pod", "uid-" + w1, "timed out waiting");
  s.then_facts({}).passes(1s).warns("Pod", "uid-" + w1, "timed out waiting");
  s.then_facts({"PodsFailing"});
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_behind_does_not_prolong_the_grace_period) {
  auto s = stage::with_grace(60s);
  s.shows(master_pod().created(s.now + 2h));
  s.warns("Pod", master_pod().seen.uid, "configmap \"scripts\" not found");
  s.passes(59s).then_phase("Pending").passes(1s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_job_that_gets_no_pods_says_why_and_waits) {
  const std::string quota = "pods \"x\" is forbidden: exceeded quota";
  auto s = stage::launched();
  s.passes(1s).warns("Job", worker_uid, quota);
  s.then(healthy, "False", "PodCreationFailed",
         "PodCreationFailed: 1 Job(s) affected [load-worker]: " + quota);
  s.then_looks_again_in(std::nullopt).passes(1h).then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(a_job_that_gets_its_pods_later_is_healthy_again) {
  auto s = stage::launched();
  s.passes(1s).warns("Job", worker_uid, "exceeded quota").passes(1s);
  for (int n : {1, 2, 3})
    s.shows(worker_pod(n).created(s.now));
  s.then(healthy, "True", "PodsStarting", "Pods are starting up");
  // The old warning does not return when a pod is deleted.
  s.quietly().removes(worker_pod(3).created(s.now).deleting()).passes(3s);
  s.then(
      healthy, "False", "PodLost",
      one("PodLost", "load-worker-3", "the pod was deleted before it ended"));
}

BOOST_AUTO_TEST_CASE(a_pod_that_only_a_list_lacks_may_have_ended_well) {
  auto s = stage::started();
  s.passes(10min).quietly().misses(worker_pod(2)).passes(1min);
  s.then_facts({}).then_phase("Running");
}

BOOST_AUTO_TEST_CASE(warnings_are_waited_for_after_a_restart) {
  auto first = stage::launched();
  first.shows(the_master()).shows(worker_pod());
  first.warns("Pod", "uid-" + w1, "secret \"k\" not found");
  auto s = first.restarted();
  s.shows(the_service())
      .shows(the_master())
      .shows(the_workers())
      .shows(worker_pod());
  for (auto kind :
       {watched_kind::services, watched_kind::jobs, watched_kind::pods})
    s.list(kind);
  s.then_facts({"Resumed"});
  s.list(watched_kind::pod_warnings).then_facts({});
  s.list(watched_kind::job_warnings).then_facts({"PodsHealthy"});
}

BOOST_AUTO_TEST_CASE(what_a_failed_job_removes_is_not_repaired) {
  auto s = stage::started();
  s.shows(worker_pod(1).exits(2)).shows(the_workers().failed()).quietly();
  s.shows(worker_pod(1).exits(2).deleting());
  s.removes(worker_pod(1).exits(2).deleting()).removes(the_workers().failed());
  s.then_facts({}).passes(10s).then_phase("Failed");
  s.then(healthy, "False", "CrashLoopBackOff",
         one("CrashLoopBackOff", w1,
             "Container load-worker exited with code 2: Error"));
}

BOOST_AUTO_TEST_CASE(pods_of_a_job_that_is_gone_do_not_count) {
  auto s = stage::started();
  s.shows(worker_pod(1).exits(1)).removes(the_workers().active(3));
  s.then(healthy, "True", "PodsStarting", "Pods are starting up");
}

BOOST_AUTO_TEST_SUITE_END()
