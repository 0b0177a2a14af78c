#include "actors/supervisor/run_result.hpp"
#include "protocol/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

const timestamp noon{std::chrono::seconds(1'800'000'000)};

/// A run that ended at noon.
struct ended_run {
  explicit ended_run(fact::ended how) : end(std::move(how)) {
    pod.end = container_end{end.exit_code.value_or(0), "Error", {}};
  }

  ended_run& sampled(int64_t requests, int64_t failures, bool stopped,
                     std::chrono::seconds ago = 3s) {
    measured_load measured;
    measured.now.users = 8;
    measured.now.requests_per_second = 21.26;
    measured.totals.requests = requests;
    measured.totals.failures = failures;
    measured.totals.average_rate = 19.987;
    load_sample sample;
    sample.at = noon - ago - settling_time;
    sample.workers = 2;
    sample.state = master_state::load;
    sample.measured = std::make_shared<const measured_load>(measured);
    load.add(sample);
    if (stopped) {
      sample.state = master_state::stopped;
      load.add(sample);
    }
    sample.at = noon - ago;
    load.add(sample);
    return *this;
  }

  ended_run& printed(int64_t requests, int64_t failures) {
    pod.final_table.emplace();
    pod.final_table->requests = requests;
    pod.final_table->failures = failures;
    return *this;
  }

  std::string outcome() const {
    return json::text_at(*json::parse(text()), {"outcome"});
  }

  std::string text() const {
    return result_text({run, end, noon, load, &pod, why_not});
  }

  lifecycle::run_facts run;
  fact::ended end;
  load_ledger load;
  observed_pod pod;
  std::string why_not;
};

ended_run passed() {
  return ended_run({end_cause::master_completed, 0, {}});
}

ended_run failed(int32_t code = 1, bool cut_short = false) {
  return ended_run({end_cause::master_failed, code, "no", cut_short});
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_results)

BOOST_AUTO_TEST_CASE(what_a_run_came_to) {
  BOOST_TEST(passed().outcome() == "Passed");
  // A verdict of the locustfile, or --exit-code-on-error 0.
  BOOST_TEST(passed().sampled(9, 3, true).outcome() == "Passed");
  BOOST_TEST(failed().sampled(9, 3, true).outcome() == "RequestsFailed");
  BOOST_TEST(failed(7).sampled(9, 3, true).outcome() == "RequestsFailed");
  BOOST_TEST(failed().sampled(9, 0, true).outcome() == "Errored");
  BOOST_TEST(failed().printed(9, 3).outcome() == "RequestsFailed");
  BOOST_TEST(failed().printed(9, 0).outcome() == "Errored");
  BOOST_TEST(failed().outcome() == "Errored");
  BOOST_TEST(failed(0, true).sampled(9, 3, false).outcome() == "Aborted");
  for (auto [cause, name] : {std::pair(end_cause::worker_failed, "Errored"),
                             std::pair(end_cause::pods_failing, "Errored"),
                             std::pair(end_cause::startup_timeout, "Errored"),
                             std::pair(end_cause::spec_unusable, "Errored"),
                             std::pair(end_cause::outcome_unknown, "Unknown")})
    BOOST_TEST(ended_run({cause, {}, "no"}).outcome() == name);
  for (auto cause : {end_cause::worker_failed, end_cause::pods_failing})
    BOOST_TEST(ended_run({cause, {}, "no", true}).outcome() == "Aborted");
}

BOOST_AUTO_TEST_CASE(a_complete_result) {
  auto it = failed().sampled(40, 10, true);
  it.run.load_since = noon - 70s;
  it.run.load_until = noon - 10s;
  BOOST_TEST(
      it.text() ==
      R"({"outcome":"RequestsFailed","exitCode":1,)"
      R"("exitMeaning":"requests failed","figures":"Final","sampledAt":")" +
          to_rfc3339(noon - 3s) +
          R"(","requests":40,"failures":10,"failRatio":0.25,"failPercent":25,)"
          R"("averageRequestsPerSecond":19.99,"peakRequestsPerSecond":21.3,)"
          R"("peakUsers":8,"workersAtPeak":2,"loadStartTime":")" +
          to_rfc3339(noon - 70s) + R"(","loadEndTime":")" +
          to_rfc3339(noon - 10s) + R"(","loadDurationSeconds":60})");
}

BOOST_AUTO_TEST_CASE(the_best_figures_are_shown) {
  auto it = failed().sampled(40, 10, true).printed(41, 11);
  BOOST_TEST(has(it.text(), R"("figures":"Final")"));
  BOOST_TEST(has(it.text(), R"("requests":40,)"));
  it = failed().sampled(40, 10, false).printed(41, 11);
  BOOST_TEST(has(it.text(), R"("figures":"FinalTable","requests":41,)"));
  it = failed().sampled(40, 10, false);
  BOOST_TEST(has(it.text(), R"("figures":"LastSample","sampledAt":")" +
                                to_rfc3339(noon - 3s) +
                                R"(","sampleAgeSeconds":3,"requests":40,)"));
}

BOOST_AUTO_TEST_CASE(without_figures_it_says_why) {
  auto it = passed();
  BOOST_TEST(it.text() ==
             R"({"outcome":"Passed","exitCode":0,"figures":"None"})");
  it.why_not = "it is headless";
  BOOST_TEST(has(it.text(), R"("message":"the Locust master could not be )"
                            R"(asked: it is headless")"));
}

BOOST_AUTO_TEST_CASE(the_exit_code_is_explained) {
  auto it = failed(137, true);
  BOOST_TEST(has(it.text(), R"("exitMeaning":"killed by signal 9")"));
  it.pod.end->reason = "OOMKilled";
  BOOST_TEST(has(it.text(), R"("exitMeaning":"the container needs more)"));
  it.pod.end->exit_code = 1; // of another pod
  BOOST_TEST(has(it.text(), R"("exitMeaning":"killed by signal 9")"));
  ended_run lost({end_cause::outcome_unknown, {}, "no"});
  BOOST_TEST(!has(lost.text(), "exit"));
}

BOOST_AUTO_TEST_CASE(rows_of_tables_are_written) {
  auto it = failed().printed(40, 10);
  it.pod.final_table->worst = {{"GET", "/", 30, 10, 99.94, 1234.5},
                               {"", "flow", 10, 0, {}, {}}};
  it.pod.final_table->errors = {{"GET", "/", "500", 9}, {"", "", "odd", 1}};
  BOOST_TEST(
      has(it.text(),
          R"("worstEndpoints":[{"method":"GET","name":"/","requests":30,)"
          R"("failures":10,"p95":99.9,"max":1235},{"name":"flow",)"
          R"("requests":10,"failures":0}],"topErrors":[{"method":"GET",)"
          R"("name":"/","error":"500","occurrences":9},{"error":"odd",)"
          R"("occurrences":1}]})"));
}

BOOST_AUTO_TEST_CASE(a_load_without_an_end_ends_with_the_run) {
  auto it = failed(0, true);
  BOOST_TEST(!has(it.text(), "loadStartTime"));
  it.run.load_since = noon - 5s;
  BOOST_TEST(has(it.text(), R"("loadEndTime":")" + to_rfc3339(noon) +
                                R"(","loadDurationSeconds":5})"));
}

BOOST_AUTO_TEST_SUITE_END()
