#include "actors/metrics/metrics_registry.hpp"
#include "actors/metrics/test_board.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

using namespace locust;
using namespace std::chrono_literals;

namespace {

metrics_setup everything() {
  return {"1.2.3", "0123abc", "10.96.0.1:443", 2, true, true, "the-lease", 1};
}

struct fixture {
  /// Whether exactly this line is served.
  bool serves(const std::string& line) const {
    return ("\n" + registry.text()).find("\n" + line + "\n") !=
           std::string::npos;
  }

  metrics_registry registry{everything()};
  const operator_metrics& all = registry.handles();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_registry_, fixture)

BOOST_AUTO_TEST_CASE(what_is_known_is_served_from_the_start) {
  for (const char* line : {
           "locust_operator_build_info{commit=\"0123abc\","
           "version=\"1.2.3\"} 1",
           "locust_operator_tests{phase=\"Running\"} 0",
           "controller_runtime_reconcile_total{controller=\"locusttest\","
           "result=\"requeue_after\"} 0",
           "controller_runtime_max_concurrent_reconciles{"
           "controller=\"locusttest\"} 2",
           "leader_election_master_status{name=\"the-lease\"} 0",
           "workqueue_depth{controller=\"locusttest\",name=\"locusttest\","
           "priority=\"\"} 0",
           "# TYPE process_cpu_seconds_total counter",
           "# TYPE locust_operator_reaction_seconds histogram",
       })
    BOOST_TEST(serves(line), line);
}

BOOST_AUTO_TEST_CASE(handles_count_where_they_are_from) {
  all.children.creations[child_kind::master_job][3].add();
  all.api.waiting[2].set(7);
  all.supervisors.reaction.observe(20ms);
  all.leader.set(1);
  all.statuses.failures[static_cast<size_t>(write_failure_of(422))].add();
  all.supervisors.crashes.add();
  for (const char* line : {
           // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one line
           "locust_operator_child_creations_total{child=\"master_job\","
           "outcome=\"refused\"} 1",
           "locust_operator_api_requests_waiting{lane=\"status\"} 7",
           "locust_operator_reaction_seconds_bucket{le=\"0.01\"} 0",
           "locust_operator_reaction_seconds_bucket{le=\"0.025\"} 1",
           "locust_operator_reaction_seconds_count 1",
           "locust_operator_status_write_failures_total{"
           "reason=\"rejected\"} 1",
           "locust_operator_supervisor_crashes_total 1",
           "leader_election_master_status{name=\"the-lease\"} 1",
       })
    BOOST_TEST(serves(line), line);
}

BOOST_AUTO_TEST_CASE(a_status_has_a_series_once_it_was_seen) {
  auto posts = all.api.attempts[static_cast<size_t>(http_method::post)];
  BOOST_TEST(registry.text().find("code=\"201\"") == std::string::npos);
  posts.add(201);
  posts.add(201);
  posts.add(0);
  posts.add(-5);
  posts.add(6000);
  BOOST_TEST(serves("rest_client_requests_total{code=\"201\","
                    "host=\"10.96.0.1:443\",method=\"POST\"} 2"));
  BOOST_TEST(serves("rest_client_requests_total{code=\"<error>\","
                    "host=\"10.96.0.1:443\",method=\"POST\"} 3"));
}

BOOST_AUTO_TEST_CASE(threads_count_together) {
  auto count = [this] {
    for (int i = 0; i < 10'000; ++i) {
      all.validation.requests.add(200 + i % 3);
      all.supervisors.queued.add(1);
      all.supervisors.queued_total.add();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back(count);
  for (auto& one : threads)
    one.join();
  BOOST_TEST(serves("workqueue_adds_total{controller=\"locusttest\","
                    "name=\"locusttest\"} 40000"));
  BOOST_TEST(serves("controller_runtime_webhook_requests_total{code=\"200\","
                    "webhook=\"/validate-locust-io-v2-locusttest\"} 13336"));
}

BOOST_AUTO_TEST_CASE(only_existing_objects_are_counted) {
  {
    presence one{all.supervisors.alive}, none;
    BOOST_TEST(serves("locust_operator_actors{kind=\"supervisor\"} 1"));
    presence phase{all.supervisors.tests[1]};
    phase.move_to(all.supervisors.tests[2]);
    BOOST_TEST(serves("locust_operator_tests{phase=\"Pending\"} 0"));
    BOOST_TEST(serves("locust_operator_tests{phase=\"Running\"} 1"));
  }
  BOOST_TEST(serves("locust_operator_actors{kind=\"supervisor\"} 0"));
  BOOST_TEST(serves("locust_operator_tests{phase=\"Running\"} 0"));
}

BOOST_AUTO_TEST_CASE(only_the_leader_serves_single_tests) {
  test_seat seat{all.supervisors.board, {"shop", "t"}, {}};
  auto line = "locust_operator_test_phase{namespace=\"shop\",test=\"t\","
              "phase=\"Unknown\"} 1";
  BOOST_TEST(registry.text().find("locust_operator_test_") ==
             std::string::npos);
  all.leader.set(1);
  BOOST_TEST(serves(line));
  all.leader.set(0);
  BOOST_TEST(!serves(line));
}

BOOST_AUTO_TEST_CASE(disabled_parts_have_no_series) {
  metrics_registry bare{{"1", "2", "h:1", 2, false, false, {}, 0}};
  auto text = bare.text();
  for (const char* name :
       {"webhook", "certwatcher", "leader_election_master_status"})
    BOOST_TEST(text.find(name) == std::string::npos, name);
  bare.handles().validation.requests.add(200); // counts nowhere
  bare.handles().leader.set(1);
  BOOST_TEST(bare.text().find("webhook") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(process_metrics_are_served) {
  auto text = "\n" + registry.text();
  auto value = [&](const std::string& name) {
    auto at = text.find("\n" + name + " ");
    return at == std::string::npos
               ? -1.0
               : std::stod(text.substr(at + name.size() + 1));
  };
  BOOST_TEST(value("process_resident_memory_bytes") > 1e6);
  BOOST_TEST(value("process_virtual_memory_bytes") >
             value("process_resident_memory_bytes"));
  BOOST_TEST(value("process_open_fds") >= 3);
  BOOST_TEST(value("process_max_fds") > value("process_open_fds"));
  auto now = std::chrono::duration<double>(
                 std::chrono::system_clock::now().time_since_epoch())
                 .count();
  BOOST_TEST(value("process_start_time_seconds") < now + 2);
  BOOST_TEST(value("process_start_time_seconds") > now - 3600);
  BOOST_TEST(value("process_cpu_seconds_total") >= 0);
}

BOOST_AUTO_TEST_CASE(failed_writes_are_counted_by_reason) {
  using enum write_failure;
  BOOST_TEST((write_failure_of(0) == no_answer));
  for (int status : {401, 403})
    BOOST_TEST((write_failure_of(status) == unauthorized), status);
  for (int status : {400, 410, 413, 422})
    BOOST_TEST((write_failure_of(status) == rejected), status);
  for (int status : {429, 500, 503})
    BOOST_TEST((write_failure_of(status) == unavailable), status);
}

BOOST_AUTO_TEST_SUITE_END()
