#include "actors/load_sampler/stats_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace locust;

namespace {

struct row {
  const char* name;
  std::string stats;
  std::optional<int32_t> workers;
};

/// An answer of Locust 2.46, shortened.
const std::string master_stats = R"({
  "current_fail_per_sec": 0, "current_response_time_percentiles":
  {"response_time_percentile_0.5": null, "response_time_percentile_0.95": 61},
  "current_rps": 9.5, "errors": [{"error": "state", "occurrences": 2,
  "worker_count": 7}], "fail_ratio": 0.0, "state": "running",
  "stats": [{"name": "Aggregated", "num_requests": 12,
  "workers": [{"state": "ready"}]}], "total_rps": 9.5, "user_count": 10,
  "worker_count": 2, "workers": [
  {"id": "w1", "state": "running", "user_count": 5, "cpu_usage": 0.1},
  {"id": "w2", "state": "missing", "user_count": 0, "cpu_usage": 0.1},
  {"id": "w3", "state": "spawning", "user_count": 5, "cpu_usage": 0.1}]})";

std::string without_count() {
  auto text = master_stats;
  auto at = text.find("\"worker_count\": 2");
  return text.replace(at, 17, "\"other\": 2");
}

const row rows[] = {
    {"a master says how many", master_stats, 2},
    {"the list, less the missing", without_count(), 2},
    {"the count alone", R"({"worker_count":0})", 0},
    {"an empty list", R"({"workers":[]})", 0},
    {"workers without a state", R"({"workers":[{"id":"a"},{"id":"b"}]})", 2},
    {"odd states", R"({"workers":[{"state":null},{"state":3}]})", 2},
    {"missing, said last", R"({"workers":[{"n":{"x":1},"state":"missing"}]})",
     0},
    {"missing, said first", R"({"workers":[{"state":"missing","n":{"x":1}}]})",
     0},
    {"a list of states", R"({"workers":[{"state":["missing"]}]})", 1},
    {"a list in a worker", R"({"workers":[{},{"l":[],"state":"ready"}]})", 2},
    {"missing is somebody's name",
     R"({"workers":[{"id":"missing","state":"ready"}]})", 1},
    {"a state below a worker",
     R"({"workers":[{"tags":{"state":"missing"},"state":"ready"}]})", 1},
    {"the count wins whatever the order",
     R"({"workers":[{"state":"ready"}],"worker_count":5})", 5},
    {"a count that is none", R"({"worker_count":"5","workers":[{}]})", 1},
    {"a negative count", R"({"worker_count":-1})", std::nullopt},
    {"a count too large", R"({"worker_count":4294967295})", std::nullopt},
    {"a count in an object", R"({"worker_count":{"n":3}})", std::nullopt},
    {"a count in a list", R"({"worker_count":[3]})", std::nullopt},
    {"a count further down", R"({"stats":{"worker_count":3}})", std::nullopt},
    {"workers that are no list", R"({"workers":{"a":{"b":{}}}})", std::nullopt},
    {"a local run", R"({"state":"running","user_count":3})", std::nullopt},
    {"no object", R"([{"worker_count":3}])", std::nullopt},
    {"a login page", "<!doctype html><html>", std::nullopt},
    {"nothing", "", std::nullopt},
    {"cut before the end", R"({"workers":[{"state":"ready"})", std::nullopt},
    {"cut after the count", R"({"worker_count":4,"wor)", 4},
};

} // namespace

BOOST_AUTO_TEST_SUITE(stats_reader)

BOOST_AUTO_TEST_CASE(connected_workers_are_found_in_any_release_s_answer) {
  for (const auto& [name, stats, workers] : rows) {
    auto found = connected_workers(stats);
    BOOST_TEST(found.has_value() == workers.has_value(), name);
    BOOST_TEST(found.value_or(-1) == workers.value_or(-1), name);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_over_the_limit_is_not_looked_at) {
  std::string padded = R"({"worker_count":4,"x":")";
  padded.append(stats_limit - padded.size() - 2, 'x').append("\"}");
  BOOST_TEST(connected_workers(padded).has_value());
  padded.push_back(' ');
  BOOST_TEST(!connected_workers(padded).has_value());
}

BOOST_AUTO_TEST_CASE(deep_nesting_does_not_overflow_the_stack) {
  BOOST_TEST(!connected_workers(std::string(1'000'000, '[')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
