#include "test/unit/supervisor/stage.hpp"

// Phase Running, Event TestStarted and what TestCompleted says of a running
// test: docs/behaviour/lifecycle.md#running,
// docs/behaviour/lifecycle.md#test-started.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto completed = condition_type::test_completed;

const std::string starting = "The Locust master is starting";
const std::string waits_for_workers =
    "The Locust master is up and waits for its workers";
const std::string waits_for_start =
    "The Locust master is up and waits for a start of the test in its web UI";
const std::string running = "The test is running";
const std::string stopped =
    "The load has stopped; the Locust master is still up";
const std::string estimated =
    "The test is running (an estimate: all worker pods are ready; the operator "
    "cannot ask the Locust master)";
const std::string cannot_ask =
    "Locust runs, but the operator cannot ask its web UI whether the test is "
    "running";
const std::string event =
    "publish_event Normal TestStarted \"Load test started\"";

/// A launched run of this spec.
stage run_of(const std::string& spec) {
  stage s;
  auto test = *s.core.observed().test;
  ++test.generation;
  test.spec = std::make_shared<const std::string>(spec);
  return stage::launched(s.shows(test));
}

stage master_up(stage s = stage::launched()) {
  s.shows(the_master().active(1)).shows(master_pod().runs());
  return s;
}

stage& says(stage& s, const std::string& words) {
  return s.then(completed, "False", "TestInProgress", words);
}

std::string with_autostart_off(const std::string& command) {
  return R"({"image":"i","master":{"autostart":false,"command":")" + command +
         R"("},"worker":{"command":"-f a.py","replicas":3}})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(load_state)

BOOST_AUTO_TEST_CASE(a_pod_without_its_locust_container_is_not_running) {
  auto s = stage::launched();
  s.shows(the_master().active(1)).then_phase("Pending");
  s.shows(master_pod().waits("ErrImagePull")).then_phase("Pending");
  s.shows(master_pod().unschedulable("no node")).passes(1h);
  auto other = container_seen{};
  other.name = "istio-proxy";
  other.running = true;
  auto joined = stage::launched();
  joined.shows(master_pod().joined_by(other)).then_phase("Pending");
  says(joined, "The test has not started");
  joined.shows(master_pod().runs().joined_by(other)).then_phase("Running");
  says(joined, starting);
}

BOOST_AUTO_TEST_CASE(a_container_that_never_started_has_not_run) {
  for (const auto* reason :
       {"StartError", "ContainerCannotRun", "ContainerStatusUnknown"}) {
    auto s = stage::launched();
    s.shows(the_master().active(1)).shows(master_pod().exits(128, reason));
    s.then_phase("Pending");
  }
}

BOOST_AUTO_TEST_CASE(a_container_that_has_ended_has_run) {
  auto s = stage::launched();
  s.shows(master_pod().exits(1)).then_phase("Running");
}

BOOST_AUTO_TEST_CASE(a_job_that_is_complete_has_run) {
  auto s = stage::launched();
  s.quietly().shows(the_master().complete()).then_facts({"Running", "Ended"});
  s.then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(a_job_that_failed_need_not_have_run) {
  auto s = stage::launched();
  s.quietly().shows(the_master().failed("DeadlineExceeded", "too late"));
  s.then_facts({"Ended"}).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(the_pod_of_a_suspended_job_does_not_count) {
  auto s = stage::launched();
  s.shows(the_master().suspended()).shows(master_pod().exits(0).deleting());
  s.then_phase("Pending");
  auto later = noon + 1min;
  s.passes(1min).shows(the_master().active(1).resumed(later));
  s.then_phase("Pending");
  s.shows(master_pod("load-master-y").created(later).runs());
  s.then_phase("Running");
}

BOOST_AUTO_TEST_CASE(a_restarted_operator_finds_a_running_container) {
  auto s = stage::launched().restarted();
  lists_all(s.shows(the_service())
                .shows(the_master().active(1))
                .shows(the_workers())
                .shows(master_pod().runs()));
  s.then_phase("Running");
}

BOOST_AUTO_TEST_CASE(a_test_starts_when_the_master_says_so) {
  auto s = master_up();
  says(s, starting);
  s.samples(1, master_state::ready);
  says(s, waits_for_workers).take();
  s.quietly().passes(5s).samples(3, master_state::load);
  says(s, running).then_facts({"TestStarted", "WorkersConnected"});
  s.stores().then_command(event);
}

BOOST_AUTO_TEST_CASE(without_autostart_it_waits_for_a_click) {
  auto s = master_up(run_of(with_autostart_off("-f a.py")));
  s.samples(3, master_state::ready);
  says(s, waits_for_start).passes(1h).samples(3, master_state::ready);
  says(s, waits_for_start).stores().take();
  s.samples(3, master_state::load).stores();
  says(s, running).then_command(event);
  s.samples(3, master_state::stopped);
  says(s, stopped);
  s.samples(3, master_state::load).stores();
  says(s, running).then_command(event, false);
}

BOOST_AUTO_TEST_CASE(a_load_between_two_samples_has_been_made) {
  auto s = master_up(run_of(with_autostart_off("-f a.py")));
  s.samples(3, master_state::ready).quietly();
  s.samples(3, master_state::stopped);
  says(s, stopped).then_facts({"TestStarted", "LoadChanged"});
}

BOOST_AUTO_TEST_CASE(a_headless_start_is_an_estimate) {
  auto s = master_up(stage::headless());
  s.samples_a_listening_master();
  says(s, waits_for_workers).shows(the_workers().active(3).ready(2));
  says(s, waits_for_workers).shows(the_workers().active(3).ready(3)).stores();
  says(s, estimated)
      .then_command("publish_event Normal TestStarted \"Load test started (an "
                    "estimate: all "
                    "worker pods are ready)\"");
  s.passes(1min).shows(the_workers().active(3).ready(1)).passes(5s);
  says(s, estimated);
}

BOOST_AUTO_TEST_CASE(headless_needs_no_click) {
  auto s = master_up(run_of(with_autostart_off("--headless")));
  s.samples_a_listening_master();
  says(s, waits_for_workers);
}

BOOST_AUTO_TEST_CASE(a_missing_web_ui_needs_no_click_either) {
  auto s = master_up(run_of(with_autostart_off("--config locust.conf")));
  s.samples_a_listening_master(true).passes(2s);
  s.samples_a_listening_master(true).passes(1s);
  says(s, waits_for_workers);
}

BOOST_AUTO_TEST_CASE(a_start_behind_a_log_in_is_not_guessed) {
  auto s = master_up(run_of(with_autostart_off("--web-login")));
  s.samples_a_listening_master().shows(the_workers().active(3).ready(3));
  says(s, cannot_ask);
}

BOOST_AUTO_TEST_CASE(a_master_that_cannot_be_reached_is_not_guessed) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3)).passes(30s);
  says(s, cannot_ask);
  auto known = master_up();
  known.samples(3).passes(1min);
  says(known, running);
}

BOOST_AUTO_TEST_CASE(a_new_master_starts_from_the_beginning) {
  auto s = stage::started();
  s.samples(3).removes(the_master().active(1)).stores();
  says(s, "The test has not restarted");
  s.answers(child_kind::master_job, "uid-m2");
  s.shows(the_master("uid-m2").active(1)).then_phase("Pending");
  s.shows(master_pod("load-master-y", "uid-m2").runs()).then_phase("Running");
  says(s, starting).samples(3);
  says(s, running);
}

BOOST_AUTO_TEST_SUITE_END()
