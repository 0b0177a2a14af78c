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

std::string reason_of_failure(end_cause cause) {
  switch (cause) {
  case end_cause::outcome_unknown:
    return "OutcomeUnknown";
  case end_cause::startup_timeout:
    return "StartupTimeout";
  default:
    return "TestFailed";
  }
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

void enter_stage(change& c, load_stage stage) {
  auto& run = c.s.run;
  run.stage = stage;
  if (stage == load_stage::made && (!run.load_since || run.load_until)) {
    run.load_since = c.at();
    run.load_until.reset();
  }
  if (stage == load_stage::stopped)
    run.load_until = c.at();
}

void finish_run(change& c, const fact::ended& f) {
  auto& s = c.s;
  s.at = ended{f.cause, c.at()};
  // Workers disconnect at the end; the status keeps their number
  // (docs/behaviour/lifecycle.md#connected-workers).
  if (s.run.source != worker_source::go_operator)
    s.run.connected = s.run.peak;
  if (f.cause == end_cause::master_completed) {
    c.set(condition_type::test_completed, truth::yes, "TestSucceeded",
          "Test completed successfully" +
              (f.message.empty() ? "" : "; " + f.message));
    const auto* ready = find(s, condition_type::ready);
    bool all = ready->status == truth::yes;
    bool stopped = ready->reason == "ResourcesCreating";
    c.set(condition_type::ready, ready->status,
          stopped ? "ResourcesIncomplete" : ready->reason,
          all ? "All resources created; the run has ended"
              : "The run has ended; not all resources were created");
  } else {
    c.set(condition_type::test_completed, truth::yes,
          reason_of_failure(f.cause), f.message);
    c.set(condition_type::ready, truth::no, "ResourcesFailed",
          f.cause == end_cause::spec_unusable ? f.message : "Test failed");
  }
  c.note();
}

} // namespace locust::lifecycle
