#include "actors/supervisor/status_document.hpp"
#include "protocol/json.hpp"
#include "test/unit/supervisor/story.hpp"

using namespace locust;
using namespace locust::testing;

namespace {

json::document rendered(const story& s, const std::string& run_spec = "{}") {
  auto doc = json::parse(render_status(s.state(), run_spec));
  BOOST_REQUIRE(doc.has_value());
  return std::move(*doc);
}

stored_status read(const std::string& text) {
  auto found = read_status(text);
  BOOST_REQUIRE_MESSAGE(found.has_value(), text);
  return std::move(*found);
}

std::string with_history(const std::string& phase, const std::string& entries) {
  return R"({"phase":")" + phase + R"(","expectedWorkers":3,)" +
         R"("startTime":"2026-11-23T11:00:00Z","history":[)" + entries + "]}";
}

const std::string good_entry =
    R"({"sequence":1,"time":"2026-11-23T12:00:00.000001Z","kind":"Accepted",)"
    R"("data":{"specHash":"hash-a","workers":"3"}})";

} // namespace

BOOST_AUTO_TEST_SUITE(status_documents)

BOOST_AUTO_TEST_CASE(a_running_test_shows_all_that_the_contract_names) {
  story s;
  s.given(started_run())
      .given({fact::workers_connected{2, worker_source::master}});
  auto doc = rendered(s, R"({"image":"x"})");
  BOOST_TEST(json::text_at(doc, {"phase"}) == "Running");
  BOOST_TEST(json::int_at(doc, {"expectedWorkers"}).value() == 3);
  BOOST_TEST(json::int_at(doc, {"connectedWorkers"}).value() == 2);
  BOOST_TEST(json::text_at(doc, {"startTime"}) == "2026-11-23T12:00:04Z");
  BOOST_TEST(!json::string_at(doc, {"completionTime"}).has_value());
  BOOST_TEST(json::int_at(doc, {"observedGeneration"}).value() == 1);
  BOOST_TEST(json::text_at(doc, {"specHash"}) == "hash-a");
  BOOST_TEST(json::text_at(doc, {"runSpec"}) == R"({"image":"x"})");
  const auto& conditions = doc["conditions"];
  BOOST_REQUIRE(conditions.Size() == 4U);
  const char* order[] = {"Ready", "WorkersConnected", "TestCompleted",
                         "PodsHealthy"};
  for (rapidjson::SizeType i = 0; i < 4; ++i)
    BOOST_TEST(json::text_at(conditions[i], {"type"}) == order[i]);
  BOOST_TEST(json::text_at(conditions[1], {"status"}) == "False");
  BOOST_TEST(json::text_at(conditions[1], {"reason"}) == "WorkersMissing");
  BOOST_TEST(json::text_at(conditions[0], {"lastTransitionTime"}) ==
             "2026-11-23T12:00:04Z");
  const auto& last = doc["history"][doc["history"].Size() - 1];
  BOOST_TEST(json::text_at(last, {"kind"}) == "WorkersConnected");
  BOOST_TEST(json::text_at(last, {"detail"}) == "2 workers connected");
  BOOST_TEST(json::text_at(last, {"data", "source"}) == "master");
}

BOOST_AUTO_TEST_CASE(no_worker_is_written_as_zero) {
  story s;
  s.given(accepted_run());
  BOOST_TEST(json::int_at(rendered(s), {"connectedWorkers"}).value() == 0);
}

BOOST_AUTO_TEST_CASE(a_finished_test_has_its_end_and_drops_the_spec) {
  story s;
  s.given(succeeded_run());
  auto doc = rendered(s);
  BOOST_TEST(json::text_at(doc, {"phase"}) == "Succeeded");
  BOOST_TEST(json::text_at(doc, {"completionTime"}) == "2026-11-23T12:00:08Z");
  BOOST_TEST(!json::string_at(doc, {"runSpec"}).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_as_the_same_state) {
  const std::vector<facts> lives = {
      accepted_run(),
      accepted_run(0) + facts{refused(child_kind::master_service, "no \"q\"")},
      accepted_run() + facts{conflict(child_kind::master_service, "x", true)},
      launched_run(600),
      running_run(),
      started_run() +
          facts{fact::load_changed{load_stage::stopped, true},
                fact::report_settled{"load-report", "a.csv, b.csv", "wörds"},
                fact::workers_connected{4, worker_source::master, 2},
                fact::workers_connected{2, worker_source::unreachable},
                fact::pods_failing{"PodLost", "wörds\n"},
                fact::spec_edited{{"hash\0b", 6}, true}, workers_lost()},
      succeeded_run(),
      started_run() + facts{fact::ended{end_cause::master_failed, 137, "OOM"}}};
  for (const auto& life : lives) {
    story s;
    s.at_generation(7).given(life);
    auto again = read(render_status(s.state(), "{\"a\":1}"));
    s.check(same_meaning(again.state, s.state()), "reads as something else");
    s.check(again.state.history == s.state().history, "history differs");
    s.check(again.state.restored, "it is to be resumed");
    s.check(again.problem.empty(), again.problem);
    bool over = std::holds_alternative<lifecycle::ended>(s.state().at);
    s.check(again.run_spec == (over ? "" : "{\"a\":1}"), "runSpec differs");
    s.check(render_status(again.state, "{\"a\":1}") ==
                render_status(s.state(), "{\"a\":1}"),
            "is written differently");
  }
}

BOOST_AUTO_TEST_CASE(an_empty_status_is_a_test_that_was_never_seen) {
  for (const auto* text : {"{}", R"({"phase":"Pending"})",
                           R"({"phase":"Pending","history":null})"}) {
    auto found = read(text);
    BOOST_TEST(std::holds_alternative<lifecycle::unseen>(found.state.at), text);
    BOOST_TEST(!found.state.restored, text);
  }
}

BOOST_AUTO_TEST_CASE(a_test_that_another_operator_finished_is_over) {
  auto done = read(R"({"phase":"Succeeded","expectedWorkers":4,)"
                   R"("completionTime":"2026-01-02T03:04:05Z"})");
  BOOST_TEST(phase_name(done.state) == "Succeeded");
  const auto& end = std::get<lifecycle::ended>(done.state.at);
  BOOST_TEST(to_rfc3339(end.at) == "2026-01-02T03:04:05Z");
  BOOST_TEST(done.state.run.expected_workers == 4);
  BOOST_TEST(phase_name(read(R"({"phase":"Failed"})").state) == "Failed");
}

BOOST_AUTO_TEST_CASE(what_another_operator_told_of_an_end_is_not_told_again) {
  auto done = read(R"({"phase":"Failed"})");
  done.state =
      lifecycle::evolve(std::move(done.state), {noon, 1, fact::resumed{}});
  BOOST_TEST(lifecycle::decide(done.state, {noon, 1, fact::resumed{}}).empty());
}

BOOST_AUTO_TEST_CASE(a_history_that_cannot_be_read_is_named_by_its_path) {
  struct row {
    const char* what;
    std::string entry;
    const char* problem;
  };
  const row rows[] = {
      {"no time", R"({"sequence":2,"kind":"Running"})",
       "status.history[1] has no valid time and sequence (1 or more)"},
      {"a sequence that repeats",
       R"({"sequence":1,"time":"2026-11-23T12:00:00Z","kind":"Running"})",
       "status.history[1] has a sequence that is not greater than the previous "
       "one"},
  };
  for (const auto& r : rows) {
    auto found = read(with_history("Pending", good_entry + ',' + r.entry));
    BOOST_TEST(found.problem == r.problem, r.what << ": " << found.problem);
    BOOST_TEST(std::holds_alternative<lifecycle::unseen>(found.state.at));
  }
  BOOST_TEST(read(R"({"history":7})").problem ==
             "status.history is not a list");
}

// -- what a newer version has written -----------------------------------------

/// A kind, a value, a field of `data` and a member that this version does not
/// know, each in a separate entry.
const std::vector<std::string> newer_entries = {
    R"({"sequence":2,"time":"2026-11-23T12:00:01.000000Z","kind":"Paused",)"
    R"("detail":"Paused by a person","data":{"by":"a person"}})",
    R"({"sequence":3,"time":"2026-11-23T12:00:02.000000Z",)"
    R"("kind":"ChildCreated","detail":"Created ConfigMap load-report",)"
    R"("data":{"child":"Report","name":"load-report","uid":"u"}})",
    R"({"sequence":4,"time":"2026-11-23T12:00:03.000000Z",)"
    R"("kind":"ChildCreated","detail":"Created Service load-master",)"
    R"("data":{"child":"MasterService","name":"load-master",)"
    R"("uid":"uid-service","zone":"b"}})",
    R"({"sequence":5,"time":"2026-11-23T12:00:04.000000Z",)"
    R"("kind":"ChildCreated","detail":"Created Job load-master",)"
    R"("data":{"child":"MasterJob","name":"load-master","uid":"uid-master"},)"
    R"("by":{"replica":["a",1]}})"};

std::string joined(const std::vector<std::string>& entries) {
  auto text = good_entry;
  for (const auto& entry : entries)
    text += ',' + entry;
  return text;
}

void check_that_it_has(const std::string& status,
                       const std::vector<std::string>& entries) {
  for (const auto& entry : entries)
    BOOST_TEST(status.find(entry) != std::string::npos,
               entry << " is not in " << status);
}

BOOST_AUTO_TEST_CASE(what_only_a_newer_version_knows_is_kept_word_for_word) {
  auto found = read(with_history("Pending", joined(newer_entries)));
  BOOST_TEST(found.problem.empty(), found.problem);
  auto& s = found.state;
  BOOST_TEST(s.run.children[child_kind::master_service] == "uid-service");
  BOOST_TEST(s.run.children[child_kind::master_job] == "uid-master");
  // The rollback: this version continues, and writes more entries than it can
  // keep.
  for (int i = 0; i < 100; ++i)
    s = lifecycle::evolve(
        std::move(s),
        {noon + std::chrono::minutes(i), 1,
         fact::pods_failing{"PodLost", "message " + std::to_string(i)}});
  BOOST_TEST(s.history.size() == lifecycle::history_limit);
  auto written = render_status(s, "{}");
  check_that_it_has(written, newer_entries);
  // And back: the newer version finds its entries and those written since.
  auto again = read(written);
  BOOST_TEST(again.problem.empty(), again.problem);
  BOOST_TEST(same_meaning(again.state, s));
  check_that_it_has(render_status(again.state, "{}"), newer_entries);
}

BOOST_AUTO_TEST_CASE(an_end_that_only_a_newer_version_knows_is_an_end) {
  for (const std::string phase : {"Succeeded", "Failed"}) {
    auto found = read(with_history(
        phase, joined({R"({"sequence":2,"time":"2026-11-23T12:00:01.000000Z",)"
                       R"("kind":"Ended","data":{"cause":"Stopped"}})"})));
    BOOST_TEST(found.problem.empty(), found.problem);
    BOOST_TEST(phase_name(found.state) == phase);
  }
}

BOOST_AUTO_TEST_CASE(a_spoilt_history_never_runs_a_finished_test_again) {
  auto found = read(with_history("Succeeded", R"({"sequence":0})"));
  BOOST_TEST(!found.problem.empty());
  BOOST_TEST(phase_name(found.state) == "Succeeded");
}

BOOST_AUTO_TEST_CASE(a_status_that_is_not_json_is_an_error) {
  auto found = read_status("{");
  BOOST_REQUIRE(!found.has_value());
  BOOST_TEST(found.error().message.find("status is not valid JSON at byte") ==
             0U);
}

BOOST_AUTO_TEST_CASE(a_status_fits_well_into_an_object) {
  story s;
  s.given(started_run());
  for (int i = 0; i < 50; ++i)
    s.when(fact::pods_failing{"ConfigurationError", std::string(1024, 'x')});
  // etcd accepts 1.5 MiB, which includes the LocustTest itself.
  BOOST_TEST(render_status(s.state(), "{}").size() < 128U * 1024U);
}

BOOST_AUTO_TEST_SUITE_END()
