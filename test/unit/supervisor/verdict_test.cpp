#include "test/unit/supervisor/stage.hpp"

// The verdict as one table: docs/status.md#the-verdict. Rows with deadlines are
// below it.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto completed = condition_type::test_completed;
constexpr auto healthy = condition_type::pods_healthy;

const std::string ended_in = "Test failed: the Locust master in pod "
                             "load-master-x ended with ";
const std::string evicted_text =
    "Evicted: Pod ephemeral local storage usage exceeds the total limit of "
    "containers 10Mi. ";

container_seen proxy() {
  container_seen c;
  c.name = "istio-proxy";
  c.running = true;
  return c;
}

/// The kubelet's Event about the eviction of the master.
warning_seen eviction(timestamp at) {
  warning_seen warning;
  warning.about_kind = "Pod";
  warning.about_uid = master_pod().seen.uid;
  warning.about_name = "load-master-x";
  warning.reason = "Evicted";
  warning.message = evicted_text.substr(std::string("Evicted: ").size());
  warning.last_seen = at;
  return warning;
}

a_pod finished(a_pod pod, timestamp at) {
  pod.locust().finished_at = at;
  return pod;
}

} // namespace

BOOST_AUTO_TEST_SUITE(verdicts)

BOOST_AUTO_TEST_CASE(locust_decides_by_its_own_end_whatever_its_job_says) {
  struct row {
    std::string what;
    a_pod pod;
    a_job job;
    std::string phase;
    std::string message;
  };
  const row rows[] = {
      {"exit code 0", master_pod().exits(0), the_master().complete(),
       "Succeeded", "Test completed successfully"},
      {"exit code 1", master_pod().exits(1), the_master().failed(), "Failed",
       ended_in + "exit code 1 (Error): requests failed or exceptions were "
                  "raised, or Locust could not start"},
      {"an exit code above 128 that is no signal", master_pod().exits(200),
       the_master().failed(), "Failed", ended_in + "exit code 200 (Error)"},
      {"sys.exit(-1)", master_pod().exits(255), the_master().failed(), "Failed",
       ended_in + "exit code 255 (Error)"},
      {"the last signal", master_pod().exits(192), the_master().failed(),
       "Failed", ended_in + "exit code 192 (Error): killed by signal 64"},
      {"evicted, and ended with 0", master_pod().exits(0).evicted("no space"),
       the_master().failed(), "Failed",
       "Test failed: the Locust master pod load-master-x was lost: Evicted: no "
       "space"},
      {"preempted, and ended with 0",
       master_pod().exits(0).disrupted("PreemptionByScheduler: room"),
       the_master().complete(), "Failed",
       "Test failed: the Locust master pod load-master-x was lost: "
       "PreemptionByScheduler: room"},
  };
  for (const auto& r : rows) {
    auto s = stage::started();
    s.shows(r.pod).shows(r.job).then_phase(r.phase);
    s.then(completed, "True",
           r.phase == "Succeeded" ? "TestSucceeded" : "TestFailed", r.message);
  }
}

BOOST_AUTO_TEST_CASE(a_deleted_master_is_no_success_and_no_back_off) {
  // Locust ends with 0 at SIGTERM; the Job counts the pod as failed at once.
  auto s = stage::started();
  s.shows(master_pod().runs().deleting());
  s.shows(master_pod().exits(0).deleting()).shows(the_master().failed());
  s.then_phase("Failed");
  s.then(completed, "True", "TestFailed",
         "Test failed: the Locust master pod load-master-x was deleted before "
         "it ended, with exit code 0 (Completed)");
  s.then(healthy, "False", "PodLost",
         "PodLost: 1 pod(s) affected [load-master-x]: the pod was deleted "
         "before it ended");
}

BOOST_AUTO_TEST_CASE(nor_is_it_one_when_its_job_is_complete) {
  auto s = stage::started();
  s.shows(master_pod().runs().deleting());
  s.shows(master_pod().exits(0).deleting()).shows(the_master().complete());
  s.then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(an_eviction_of_which_only_the_event_is_left) {
  auto message = "Test failed: the Locust master pod load-master-x was lost: " +
                 evicted_text;
  for (bool event_first : {true, false}) {
    auto s = stage::started();
    s.passes(20s);
    auto event = eviction(s.now);
    auto pod = finished(master_pod().exits(0), s.now + 1s);
    event_first ? s.shows(event).shows(pod) : s.shows(pod).shows(event);
    s.shows(the_master().complete()).then_phase("Failed");
    s.then(completed, "True", "TestFailed", message);
  }
}

BOOST_AUTO_TEST_CASE(an_eviction_after_the_end_changes_nothing) {
  auto s = stage::started();
  s.passes(20s);
  s.shows(finished(master_pod().exits(0), s.now)).shows(eviction(s.now + 1s));
  s.shows(the_master().complete()).then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(a_complete_job_waits_for_the_end_of_its_pod) {
  // The watch of pods may lag behind.
  auto s = stage::started();
  s.shows(the_master().complete()).then_phase("Running");
  auto known = s;
  known.shows(master_pod().exits(0)).then_phase("Succeeded");
  s.passes(5s).then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(a_run_ends_with_locust_and_names_what_keeps_its_pod) {
  const std::string others = "other containers still run in pod load-master-x "
                             "and keep its Job active: istio-proxy";
  auto s = stage::started();
  s.shows(master_pod().exits(0).joined_by(proxy())).passes(4s);
  s.then_phase("Running").passes(1s).then_phase("Succeeded");
  s.then(completed, "True", "TestSucceeded",
         "Test completed successfully; " + others);

  auto failed = stage::started();
  failed.shows(master_pod().exits(1).joined_by(proxy())).passes(5s);
  failed.then(completed, "True", "TestFailed",
              ended_in +
                  "exit code 1 (Error): requests failed or exceptions "
                  "were raised, or Locust could not start; " +
                  others);
}

BOOST_AUTO_TEST_CASE(containers_of_others_decide_nothing) {
  auto crashed = proxy();
  crashed.running = false;
  crashed.exit_code = 1;
  crashed.exit_reason = "Error";
  auto s = stage::started();
  s.shows(master_pod().runs().joined_by(crashed)).passes(600s);
  s.then_phase("Running");
  s.then(healthy, "True", "PodsHealthy", "All pods are healthy");
}

BOOST_AUTO_TEST_CASE(what_the_container_said_last_is_in_the_message) {
  auto pod = master_pod().exits(2);
  pod.locust().exit_message = "usage: locust [options] [UserClass ...]\n"
                              "locust: error: unrecognized arguments: # each\n";
  auto s = stage::started();
  s.shows(pod).shows(the_master().failed());
  s.then(completed, "True", "TestFailed",
         ended_in + "exit code 2 (Error): an exception that the locustfile did "
                    "not handle, or invalid arguments; it said: usage: locust "
                    "[options] [UserClass ...] | locust: error: unrecognized "
                    "arguments: # each");
}

BOOST_AUTO_TEST_CASE(an_image_without_locust_says_what_the_runtime_says) {
  auto pod = master_pod().exits(128, "StartError");
  pod.locust().exit_message =
      "failed to create containerd task: OCI runtime create failed: runc "
      "create failed: exec: \"locust\": executable file not found in $PATH";
  auto s = stage::launched();
  s.shows(pod).shows(the_master().failed());
  s.then(completed, "True", "TestFailed",
         ended_in + "exit code 128 (StartError): " + pod.locust().exit_message);
}

// -- the master's own end, after that of the workers --------------------------

BOOST_AUTO_TEST_CASE(how_long_the_end_of_the_master_decides) {
  struct row {
    std::string what;
    std::string command;
    /// What the master says before the workers fail; `unknown`: it cannot be
    /// asked.
    master_state says;
    /// How long the Locust of the worker ran.
    std::chrono::seconds lasted;
    std::chrono::seconds patience;
  };
  constexpr auto none = master_state::unknown;
  const row rows[] = {
      {"workers that made load", "-f a.py", master_state::load, 20s, 30min},
      {"load that has stopped", "-f a.py", master_state::stopped, 20s, 30min},
      {"the run time is not over", "-f a.py -t 1h", master_state::load, 20s,
       1h + 30min - 20s},
      {"workers that never connected", "-f a.py", master_state::ready, 20s,
       10s},
      {"headless, after the run time", "--headless -t 8s", none, 20s, 30min},
      {"headless, before it", "--headless --run-time=5m", none, 20s, 10s},
      {"headless, longer than a start", "--headless --run-time=5m", none, 60s,
       5min + 30min - 60s},
      {"headless without a run time", "--headless", none, 20s, 30min},
      {"headless, too short for a load", "--headless", none, 9s, 10s},
  };
  for (const auto& r : rows) {
    auto s = stage::launched_with(r.command);
    s.shows(the_master().active(1)).shows(master_pod().runs());
    s.shows(the_workers().active(3).ready(3));
    for (int n : {1, 2, 3})
      s.shows(worker_pod(n).runs());
    if (r.says != none) {
      load_sample sample;
      sample.reachable = true;
      sample.workers = r.says == master_state::ready ? 0 : 3;
      sample.pods = sample.workers;
      sample.state = r.says;
      sample.at = s.passes(5s).now;
      s.samples(sample);
    }
    s.passes(noon + r.lasted - s.now);
    auto worker = worker_pod(1).exits(2);
    worker.locust().started_at = noon;
    worker.locust().finished_at = s.now;
    s.shows(worker).shows(the_workers().failed()).passes(r.patience - 1s);
    s.equal(r.what, std::string(phase_name(s.core.state())), "Running");
    auto ended = s;
    ended.completes().then_phase("Succeeded");
    s.passes(1s);
    s.equal(r.what, std::string(phase_name(s.core.state())), "Failed");
  }
}

BOOST_AUTO_TEST_CASE(killed_workers_fail_the_test_soon) {
  for (int code : {137, 143}) {
    auto s = stage::started();
    s.passes(5s).samples(3);
    s.shows(worker_pod(1).exits(code)).shows(the_workers().failed());
    s.passes(9s).then_phase("Running").passes(1s).then_phase("Failed");
  }
}

// The leader before may not have asked the master since it made load.
BOOST_AUTO_TEST_CASE(a_new_leader_asks_the_master_before_the_workers_decide) {
  auto s = stage::started();
  auto test = *s.core.observed().test;
  test.resource_version = "100000";
  test.status = std::make_shared<const std::string>(
      render_status(s.core.state(), *s.core.run_spec()));
  auto follows = rules(operator_settings{});
  follows.leads = false;
  follows.elects = true;
  supervisor_core core(follows, std::make_shared<const locust_test>(test));
  auto phase_after = [&](supervisor_core& of, std::chrono::seconds passed) {
    s.now += passed;
    of.on_observation(listed{watched_kind::services, "200000"}, s.now);
    return std::string(phase_name(of.state()));
  };
  auto see = [&](auto object) {
    object.resource_version = "100000";
    core.on_observation(present{std::make_shared<const seen_object>(object)},
                        s.now);
  };
  core.start(s.now);
  see(the_service());
  see(the_master().active(1).seen);
  see(master_pod().runs().seen);
  see(the_workers().failed().seen);
  see(worker_pod(1).exits(2).seen);
  for (auto kind : listed_kinds)
    core.on_observation(listed{kind, "200000"}, s.now);
  s.now += 1min;
  core.on_leadership(leadership{}, s.now);
  BOOST_TEST(phase_after(core, 9s) == "Running");
  auto asked = core;
  asked.on_load_sample(load_sample{true, 0, s.now, {}, {}, master_state::load},
                       s.now);
  BOOST_TEST(phase_after(core, 1s) == "Failed");
  BOOST_TEST(phase_after(asked, 1min) == "Running");
}

BOOST_AUTO_TEST_CASE(pods_are_told_of_at_the_end_of_a_success_too) {
  auto s = stage::started();
  s.quietly().shows(the_workers().active(2));
  s.shows(worker_pod(1).exits(1)).shows(master_pod().exits(0));
  s.shows(the_master().complete()).then_phase("Succeeded");
  s.then(healthy, "False", "CrashLoopBackOff",
         "CrashLoopBackOff: 1 pod(s) affected [load-worker-1]: Container "
         "load-worker exited with code 1: Error");
}

BOOST_AUTO_TEST_SUITE_END()
