#include "actors/metrics/metrics_registry.hpp"
#include "actors/supervisor/supervisor_meter.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace locust;
using namespace std::chrono_literals;

namespace {

locust_test shop_test() {
  locust_test test;
  test.key = {"shop", "t"};
  return test;
}

struct fixture {
  bool serves(const std::string& line) const {
    return ("\n" + registry.text()).find("\n" + line + "\n") !=
           std::string::npos;
  }

  bool in_phase(const std::string& phase, int n) const {
    return serves("locust_operator_tests{phase=\"" + phase + "\"} " +
                  std::to_string(n));
  }

  bool looks(const std::string& result, int n) const {
    return serves("controller_runtime_reconcile_total{controller=\"locusttest\""
                  ",result=\"" +
                  result + "\"} " + std::to_string(n));
  }

  bool reactions(int n) const {
    return serves("locust_operator_reaction_seconds_count " +
                  std::to_string(n));
  }

  /// An input that has these effects.
  void take(const supervisor_effects& effects,
            const lifecycle::state& state = {},
            std::chrono::milliseconds time = 1ms) {
    meter->begin(now);
    for (const auto& each : effects)
      std::visit([this](const auto& what) { meter->on(what); }, each);
    meter->end(state, now + time);
  }

  void wants_stored(uint64_t revision, bool urgent = true) {
    effect::save_status what;
    what.revision = revision;
    what.urgent = urgent;
    take({what});
  }

  void is_stored(uint64_t revision) {
    meter->begin(now);
    meter->on(status_saved{revision, "1"});
    meter->end({}, now);
  }

  metrics_registry registry{{"1", "2", "h:1", 2, false, false, {}, 1}};
  std::optional<supervisor_meter> meter{
      std::in_place, registry.handles().supervisors, shop_test()};
  monotonic_time now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_meter_, fixture)

BOOST_AUTO_TEST_CASE(a_test_is_in_one_phase_at_a_time) {
  BOOST_TEST(in_phase("Unknown", 1));
  lifecycle::state state;
  struct row {
    lifecycle::phase at;
    const char* name;
  };
  for (const auto& [at, name] :
       {row{lifecycle::creating{}, "Pending"},
        row{lifecycle::launched{}, "Pending"},
        row{lifecycle::running{}, "Running"},
        row{lifecycle::ended{end_cause::master_completed, {}}, "Succeeded"},
        row{lifecycle::ended{end_cause::master_failed, {}}, "Failed"},
        row{lifecycle::departing{}, "Deleting"}}) {
    state.at = at;
    take({}, state);
    int all = 0;
    for (const char* each :
         {"Unknown", "Pending", "Running", "Succeeded", "Failed", "Deleting"})
      all += in_phase(each, 1) ? 1 : 0;
    BOOST_TEST(in_phase(name, 1), name);
    BOOST_TEST(all == 1, name);
  }
  meter.reset();
  BOOST_TEST(in_phase("Deleting", 0));
  BOOST_TEST(serves("locust_operator_actors{kind=\"supervisor\"} 0"));
}

BOOST_AUTO_TEST_CASE(a_test_has_series_of_its_own) {
  auto of_test = [this](const std::string& name, const std::string& rest) {
    return serves("locust_operator_test_" + name +
                  "{namespace=\"shop\",test=\"t\"" + rest);
  };
  BOOST_TEST(of_test("phase", ",phase=\"Unknown\"} 1"));
  lifecycle::state state;
  state.at = lifecycle::running{};
  state.run.expected_workers = 3;
  state.run.connected = 2;
  state.run.source = worker_source::master;
  auto hear = [&](std::optional<int64_t> users) {
    measured_load measured;
    measured.now.users = users;
    load_sample sample;
    if (users)
      sample.measured = std::make_shared<const measured_load>(measured);
    meter->begin(now);
    meter->on(sample);
    meter->end(state, now);
  };
  hear(10);
  BOOST_TEST(of_test("phase", ",phase=\"Running\"} 1"));
  BOOST_TEST(of_test("workers_expected", "} 3"));
  BOOST_TEST(of_test("workers_connected", "} 2"));
  BOOST_TEST(of_test("users", "} 10"));
  hear(std::nullopt); // it misses a request
  BOOST_TEST(of_test("users", "} 10"));
  hear(20);
  BOOST_TEST(of_test("users", "} 20"));
  state.run.source = worker_source::unreachable;
  hear(std::nullopt);
  BOOST_TEST(!of_test("users", "} 20"));
  BOOST_TEST(of_test("workers_connected", "} 2"));

  state.run.source = worker_source::master;
  hear(30);
  state.at = lifecycle::ended{end_cause::master_failed, {}};
  take({}, state);
  BOOST_TEST(of_test("phase", ",phase=\"Failed\"} 1"));
  BOOST_TEST(!of_test("users", "} 30"));
  BOOST_TEST(!of_test("workers_expected", "} 3"));
  meter.reset();
  BOOST_TEST(registry.text().find("test=\"t\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(retries_are_counted) {
  take({effect::log_fact{{{}, 1, fact::accepted{}}, "", "Pending", true}});
  take({effect::log_fact{
      {{}, 1, fact::retrying{}}, "Pending", "Pending", false}});
  BOOST_TEST(serves("workqueue_retries_total{controller=\"locusttest\","
                    "name=\"locusttest\"} 1"));
}

BOOST_AUTO_TEST_CASE(a_reconciliation_has_the_result_of_its_inputs) {
  meter->begin(now);
  BOOST_TEST(serves("controller_runtime_active_workers{"
                    "controller=\"locusttest\"} 1"));
  meter->end({}, now);
  BOOST_TEST(looks("success", 0)); // nothing was reconciled
  take({effect::reconciled{false}});
  BOOST_TEST(looks("success", 1));
  take({effect::reconciled{true}});
  BOOST_TEST(looks("requeue_after", 1));
  child_result failure;
  failure.transient = true;
  meter->on(failure);
  take({effect::reconciled{true}});
  BOOST_TEST(looks("error", 1));
  take({effect::reconciled{false}}, {}, 7ms);
  BOOST_TEST(looks("success", 2));
  for (const char* line :
       {"controller_runtime_reconcile_errors_total{"
        "controller=\"locusttest\"} 1",
        "controller_runtime_terminal_reconcile_errors_total{"
        "controller=\"locusttest\"} 0",
        "controller_runtime_reconcile_time_seconds_bucket{"
        "controller=\"locusttest\",le=\"0.005\"} 3",
        "controller_runtime_active_workers{controller=\"locusttest\"} 0"})
    BOOST_TEST(serves(line), line);
  failure.transient = false;
  meter->on(failure);
  BOOST_TEST(serves("controller_runtime_terminal_reconcile_errors_total{"
                    "controller=\"locusttest\"} 1"));
}

BOOST_AUTO_TEST_CASE(a_child_that_was_created_is_no_error) {
  child_result good;
  good.what = child_result::outcome::created;
  meter->on(good);
  BOOST_TEST(serves("controller_runtime_reconcile_errors_total{"
                    "controller=\"locusttest\"} 0"));
}

BOOST_AUTO_TEST_CASE(a_reaction_ends_when_its_revision_or_a_later_is_stored) {
  wants_stored(3);
  now += 20ms;
  wants_stored(5);
  wants_stored(6, false);
  is_stored(2);
  BOOST_TEST(reactions(0));
  now += 20ms;
  is_stored(3);
  BOOST_TEST(reactions(1));
  is_stored(7);
  BOOST_TEST(reactions(2));
  is_stored(7);
  BOOST_TEST(reactions(2));
  BOOST_TEST(serves("locust_operator_reaction_seconds_bucket{le=\"0.025\"} 1"));
  BOOST_TEST(serves("locust_operator_reaction_seconds_bucket{le=\"0.05\"} 2"));
}

BOOST_AUTO_TEST_CASE(unstored_revisions_are_bounded) {
  for (uint64_t revision = 1; revision <= 1000; ++revision)
    wants_stored(revision);
  is_stored(1000);
  BOOST_TEST(reactions(static_cast<int>(supervisor_meter::most_waiting)));
}

BOOST_AUTO_TEST_SUITE_END()
