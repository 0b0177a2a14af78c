#include "actors/supervisor/change.hpp"

// What the conditions WorkersConnected and TestCompleted say of a running test,
// and what becomes of its report.

namespace locust::lifecycle {

namespace {

std::string processes(int32_t n) {
  return std::to_string(n) + (n == 1 ? " Locust process" : " Locust processes");
}

std::string because(const run_facts& run) {
  return run.why_estimated.empty() ? "" : ": " + run.why_estimated;
}

bool all_connected(const run_facts& run) {
  return run.connected >= run.expected_workers &&
         run.worker_pods.value_or(run.connected) >= run.expected_workers;
}

std::string load_message(const run_facts& run) {
  switch (run.stage) {
  case load_stage::none:
    return "The Locust master is starting";
  case load_stage::waits_for_workers:
    return "The Locust master is up and waits for its workers";
  case load_stage::waits_for_start:
    return "The Locust master is up and waits for a start of the test in its "
           "web UI";
  case load_stage::made:
    return run.start_estimated
               ? "The test is running (an estimate: all worker pods are ready; "
                 "the operator cannot ask the Locust master)"
               : "The test is running";
  case load_stage::stopped:
    return run.collects_report
               ? "The load has stopped; the report is being collected"
               : "The load has stopped; the Locust master is still up";
  case load_stage::unknown:
    return "Locust runs, but the operator cannot ask its web UI whether the "
           "test is running";
  }
  return {};
}

} // namespace

bool has_report(const run_facts& run) {
  return run.report && !run.report->config_map.empty();
}

void settle_report(change& c, const fact::report_settled& f) {
  auto& run = c.s.run;
  if (has_report(run) || (run.report == f && !run.collects_report))
    return;
  run.collects_report = false;
  run.report = f;
  if (std::holds_alternative<running>(c.s.at))
    show_load(c);
  c.note();
}

std::string count_message(const run_facts& run) {
  auto expected = std::to_string(run.expected_workers);
  auto text =
      std::to_string(run.connected) + '/' + expected + " workers connected";
  switch (run.source) {
  case worker_source::none:
    return text + " (the Locust master is not running yet)";
  case worker_source::master:
    return text + " (reported by the Locust master" +
           (run.worker_pods ? "; " + processes(run.connected) + " in " +
                                  std::to_string(*run.worker_pods) + " of " +
                                  expected + " pods)"
                            : ")");
  case worker_source::ready_pods:
    return text +
           " (an estimate: ready worker pods; the operator cannot ask "
           "the Locust master" +
           because(run) + ')';
  case worker_source::go_operator:
    return text + " (active worker pods, as counted by the Go operator)";
  case worker_source::unreachable:
    return "The operator cannot reach the Locust master, so the number of "
           "connected workers is unknown" +
           because(run) + "; " + std::to_string(run.connected) + '/' +
           expected + " worker pods are ready";
  }
  return text;
}

void show_workers(change& c) {
  const auto& run = c.s.run;
  if (run.source == worker_source::unreachable) {
    c.set(condition_type::workers_connected, truth::unknown,
          "MasterUnreachable", count_message(run));
    return;
  }
  bool all = all_connected(run);
  auto reason = all                                 ? "AllWorkersConnected"
                : run.source == worker_source::none ? "WaitingForWorkers"
                                                    : "WorkersMissing";
  c.set(condition_type::workers_connected, all ? truth::yes : truth::no, reason,
        count_message(run));
}

void show_load(change& c) {
  c.set(condition_type::test_completed, truth::no, "TestInProgress",
        load_message(c.s.run));
}

} // namespace locust::lifecycle
