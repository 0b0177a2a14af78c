#include "actors/supervisor/master_address.hpp"
#include "test/unit/supervisor/stage.hpp"

// Condition WorkersConnected and connectedWorkers:
// docs/behaviour/lifecycle.md#connected-workers.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto connected = condition_type::workers_connected;

const std::string by_master = " workers connected (reported by the Locust "
                              "master)";
const std::string by_pods =
    " workers connected (an estimate: ready worker pods; the operator cannot "
    "ask the Locust master";
const std::string headless = by_pods + ": it is headless)";
const std::string closed =
    by_pods + ": its web port refuses connections; a configuration file or a "
              "variable from a ConfigMap or Secret may make it headless)";

std::string unknown(const std::string& ready) {
  return "The operator cannot reach the Locust master, so the number of "
         "connected workers is unknown; " +
         ready + " worker pods are ready";
}

std::string in_pods(const std::string& count, const std::string& where) {
  return count + " workers connected (reported by the Locust master; " + where +
         " pods)";
}

load_sample of_pods(stage& s, int32_t workers, int32_t pods) {
  load_sample sample{true, workers, s.now};
  sample.pods = pods;
  return sample;
}

/// A run with a running master and starting workers.
stage master_up(stage s = stage::launched()) {
  s.shows(the_master().active(1)).shows(master_pod().runs());
  return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(worker_connection_suite)

BOOST_AUTO_TEST_CASE(no_worker_is_connected_before_the_master_runs) {
  auto s = stage::headless();
  s.shows(the_workers().active(3).ready(3)).passes(5min);
  s.then(connected, "False", "WaitingForWorkers", "Waiting for workers");
  BOOST_TEST(s.core.state().run.connected == 0);
}

BOOST_AUTO_TEST_CASE(the_master_knows_best) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3));
  s.samples(2).then(connected, "False", "WorkersMissing", "2/3" + by_master);
  s.samples(3).then(connected, "True", "AllWorkersConnected",
                    "3/3" + by_master);
}

BOOST_AUTO_TEST_CASE(a_master_that_starts_is_given_time_to_answer) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3)).then_looks_again_in(30s);
  s.passes(10s).samples(load_sample{false, 0, s.now}).passes(19s);
  s.then(connected, "False", "WaitingForWorkers", "Waiting for workers");
  s.passes(1s).then(connected, "Unknown", "MasterUnreachable", unknown("3/3"));
  s.samples(3).then(connected, "True", "AllWorkersConnected",
                    "3/3" + by_master);
}

BOOST_AUTO_TEST_CASE(a_silent_master_without_ready_pods_is_unknown_too) {
  auto s = master_up();
  s.passes(30s).then(connected, "Unknown", "MasterUnreachable", unknown("0/3"));
}

BOOST_AUTO_TEST_CASE(without_a_web_ui_the_ready_pods_count_when_it_listens) {
  auto s = master_up(stage::headless());
  s.shows(the_workers().active(3).ready(3))
      .passes(5s)
      .samples(load_sample{false, 0, s.now});
  s.then(connected, "False", "WaitingForWorkers", "Waiting for workers");
  s.passes(2s).samples_a_listening_master();
  s.then(connected, "True", "AllWorkersConnected", "3/3" + headless);
}

BOOST_AUTO_TEST_CASE(without_a_web_ui_it_is_asked_until_it_listens) {
  auto s = stage::headless();
  auto pod = master_pod().runs();
  pod.seen.ip = "10.0.0.1";
  s.shows(the_master().active(1)).shows(pod);
  s.check(s.core.follows_master(), "its port is tried");
  s.samples_a_listening_master();
  s.check(!s.core.follows_master(), "nothing else can be asked");
}

BOOST_AUTO_TEST_CASE(a_master_without_a_web_ui_may_never_listen) {
  auto s = master_up(stage::headless());
  s.shows(the_workers().active(3).ready(3)).passes(30s);
  s.then(connected, "Unknown", "MasterUnreachable", unknown("3/3"));
}

BOOST_AUTO_TEST_CASE(a_master_that_listens_and_has_no_web_ui_is_headless) {
  // The spec does not say so, but a file or a variable that it refers to.
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3)).samples_a_listening_master(true);
  s.then(connected, "False", "WaitingForWorkers", "Waiting for workers");
  s.passes(2s).samples_a_listening_master(true).passes(1s);
  s.then(connected, "True", "AllWorkersConnected", "3/3" + closed);
}

BOOST_AUTO_TEST_CASE(a_web_ui_that_opens_late_is_no_missing_one) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3)).samples_a_listening_master(true);
  s.passes(2s).samples(0).passes(5s);
  s.then(connected, "False", "WaitingForWorkers", "Waiting for workers");
}

BOOST_AUTO_TEST_CASE(a_web_ui_that_is_blocked_is_no_missing_one) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3)).samples_a_listening_master(false);
  s.passes(29s).samples_a_listening_master(false).passes(1s);
  s.then(connected, "Unknown", "MasterUnreachable", unknown("3/3"));
}

BOOST_AUTO_TEST_CASE(without_a_web_ui_ready_pods_are_an_estimate) {
  auto s = master_up(stage::headless());
  s.samples_a_listening_master();
  s.shows(the_workers().active(3).ready(1))
      .then(connected, "False", "WorkersMissing", "1/3" + headless);
  s.shows(the_workers().active(3).ready(3))
      .then(connected, "True", "AllWorkersConnected", "3/3" + headless);
}

BOOST_AUTO_TEST_CASE(a_master_that_falls_silent_leaves_the_number_unknown) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(2)).samples(3).passes(1s);
  s.samples(load_sample{false, 0, s.now}).passes(29s);
  s.then(connected, "True", "AllWorkersConnected", "3/3" + by_master);
  s.passes(1s).then(connected, "Unknown", "MasterUnreachable", unknown("2/3"));
  s.samples(3).then(connected, "True", "AllWorkersConnected",
                    "3/3" + by_master);
}

BOOST_AUTO_TEST_CASE(why_a_master_cannot_be_reached_is_told) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3));
  load_sample silent{false, 0, s.now};
  silent.why = "403 no right to get pods/proxy";
  s.samples(silent).passes(30s);
  s.then(connected, "Unknown", "MasterUnreachable",
         "The operator cannot reach the Locust master, so the number of "
         "connected workers is unknown: 403 no right to get pods/proxy; 3/3 "
         "worker pods are ready");
}

BOOST_AUTO_TEST_CASE(rare_samples_do_not_make_a_master_unreachable) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3)).samples(3).passes(10min);
  s.then(connected, "True", "AllWorkersConnected", "3/3" + by_master);
}

BOOST_AUTO_TEST_CASE(a_master_that_closes_its_web_ui_is_ending) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(3)).samples(3).quietly();
  for (int i = 0; i < 30; ++i)
    s.passes(2s).samples_a_listening_master(true);
  load_sample closed{false, 0, s.now};
  closed.refused = true;
  s.samples(closed).passes(5min).then_facts({});
}

BOOST_AUTO_TEST_CASE(fewer_workers_count_when_it_lasts) {
  auto s = master_up();
  s.samples(3).passes(2s).samples(1).then_looks_again_in(5s).passes(4s);
  s.then(connected, "True", "AllWorkersConnected", "3/3" + by_master);
  s.passes(1s).then(connected, "False", "WorkersMissing", "1/3" + by_master);
}

BOOST_AUTO_TEST_CASE(workers_that_are_missing_for_a_moment_are_not_missed) {
  auto s = master_up();
  s.samples(3).passes(2s).quietly().samples(1).passes(2s).samples(3);
  s.passes(20s).samples(3).then_facts({});
}

BOOST_AUTO_TEST_CASE(fewer_ready_pods_count_when_it_lasts) {
  auto s = master_up(stage::headless());
  s.samples_a_listening_master();
  s.shows(the_workers().active(3).ready(3)).quietly();
  s.shows(the_workers().active(3).ready(2)).then_looks_again_in(5s);
  s.then_facts({}).passes(5s).then_facts({"WorkersConnected"});
}

BOOST_AUTO_TEST_CASE(after_the_master_ended_the_count_stays) {
  auto s = master_up();
  s.samples(3).shows(master_pod().exits(0)).quietly();
  s.shows(the_workers().active(0).ready(0)).passes(1min).then_facts({});
  BOOST_TEST(s.core.state().run.connected == 3);
}

BOOST_AUTO_TEST_CASE(after_the_workers_finished_the_master_is_still_asked) {
  auto s = master_up();
  s.samples(3).shows(the_workers().complete());
  s.samples(0).passes(5s).samples(0);
  s.then(connected, "False", "WorkersMissing", "0/3" + by_master);
  s.then_phase("Running");
  s.shows(master_pod().exits(0)).shows(the_master().complete());
  s.then_phase("Succeeded");
  BOOST_TEST(s.core.state().run.connected == 3);
}

BOOST_AUTO_TEST_CASE(pods_of_workers_that_finished_do_not_count) {
  auto s = master_up(stage::headless());
  s.samples_a_listening_master().shows(the_workers().active(3).ready(3));
  s.shows(the_workers().ready(0).complete()).passes(5s);
  s.then(connected, "False", "WorkersMissing", "0/3" + headless);
}

BOOST_AUTO_TEST_CASE(several_processes_of_a_pod_are_told) {
  auto s = master_up();
  s.samples(of_pods(s, 6, 3));
  s.then(connected, "True", "AllWorkersConnected",
         in_pods("6/3", "6 Locust processes in 3 of 3"));
}

BOOST_AUTO_TEST_CASE(processes_of_one_pod_do_not_replace_another_pod) {
  auto s = master_up();
  s.samples(of_pods(s, 4, 2));
  s.then(connected, "False", "WorkersMissing",
         in_pods("4/3", "4 Locust processes in 2 of 3"));
  s.samples(of_pods(s, 4, 3));
  s.then(connected, "True", "AllWorkersConnected",
         in_pods("4/3", "4 Locust processes in 3 of 3"));
}

BOOST_AUTO_TEST_CASE(one_process_per_pod_is_not_worth_a_word) {
  auto s = master_up();
  s.samples(of_pods(s, 3, 3));
  s.then(connected, "True", "AllWorkersConnected", "3/3" + by_master);
}

BOOST_AUTO_TEST_CASE(a_worker_pod_that_ends_makes_the_sampler_hurry) {
  auto s = stage::started();
  auto pod = master_pod().runs();
  pod.seen.ip = "10.0.0.1";
  s.shows(pod).samples(3);
  const auto& seen = s.core.observed();
  auto hurries = [&] {
    return master_to_follow(s.core.state(), seen, {web_ui_address{}},
                            master_access::direct)
        ->hurries;
  };
  s.check(!hurries(), "all are there");
  s.shows(the_workers().active(2).ready(2));
  s.check(hurries(), "one leaves");
  s.passes(1s).samples(2).passes(5s).samples(2);
  s.check(!hurries(), "that is known now");
}

BOOST_AUTO_TEST_CASE(a_new_master_starts_without_the_workers_of_the_old_one) {
  auto s = stage::started();
  s.samples(3).removes(the_master().active(1)).stores();
  s.answers(child_kind::master_job, "uid-m2");
  s.shows(the_master("uid-m2").active(1));
  s.shows(master_pod("load-master-y", "uid-m2").runs());
  s.then(connected, "False", "WaitingForWorkers",
         "0/3 workers connected (the Locust master is not running yet)");
  s.samples(1).then(connected, "False", "WorkersMissing", "1/3" + by_master);
}

BOOST_AUTO_TEST_CASE(a_word_of_the_old_master_that_comes_late_is_ignored) {
  auto s = stage::started();
  auto late = load_sample{true, 3, s.now};
  s.passes(1s).removes(the_master().active(1)).stores();
  s.answers(child_kind::master_job, "uid-m2");
  s.shows(the_master("uid-m2").active(1));
  s.shows(master_pod("load-master-y", "uid-m2").runs()).quietly();
  s.samples(late);
  s.then_facts({});
}

BOOST_AUTO_TEST_SUITE_END()
