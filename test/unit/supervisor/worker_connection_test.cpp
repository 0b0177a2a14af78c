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
    " workers connected (ready worker pods; the Locust master is unreachable)";

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
  s.passes(10s).samples(0, false).passes(19s);
  s.then(connected, "False", "WaitingForWorkers", "Waiting for workers");
  s.passes(1s).then(connected, "True", "AllWorkersConnected", "3/3" + by_pods);
}

BOOST_AUTO_TEST_CASE(without_a_web_ui_the_ready_pods_count_at_once) {
  auto s = master_up(stage::headless());
  s.shows(the_workers().active(3).ready(1))
      .then(connected, "False", "WorkersMissing", "1/3" + by_pods);
  s.shows(the_workers().active(3).ready(3))
      .then(connected, "True", "AllWorkersConnected", "3/3" + by_pods);
}

BOOST_AUTO_TEST_CASE(a_master_that_falls_silent_is_replaced_by_the_pods) {
  auto s = master_up();
  s.shows(the_workers().active(3).ready(2)).samples(3).passes(1s);
  s.samples(0, false).then_looks_again_in(29s).passes(28s);
  s.then(connected, "True", "AllWorkersConnected", "3/3" + by_master);
  s.passes(1s).then(connected, "False", "WorkersMissing", "2/3" + by_pods);
  s.samples(3).then(connected, "True", "AllWorkersConnected",
                    "3/3" + by_master);
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

BOOST_AUTO_TEST_CASE(after_the_workers_finished_the_count_stays) {
  auto s = master_up();
  s.samples(3).shows(the_workers().complete()).quietly();
  s.samples(0).passes(1min).samples(0).then_facts({});
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
