#include "actors/load_sampler/stats_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <utility>

using namespace locust;

namespace {

struct row {
  const char* name;
  std::string stats;
  std::optional<int32_t> workers;
};

/// An answer of Locust 2.46, shortened.
const std::string master_stats_text = R"({
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
  auto text = master_stats_text;
  auto at = text.find("\"worker_count\": 2");
  return text.replace(at, 17, "\"other\": 2");
}

const row rows[] = {
    {"a master says how many", master_stats_text, 2},
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
    {"cut after the count", R"({"worker_count":4,"wor)", std::nullopt},
};

} // namespace

BOOST_AUTO_TEST_SUITE(stats_reader)

BOOST_AUTO_TEST_CASE(connected_workers_are_found_in_any_release_s_answer) {
  for (const auto& [name, stats, workers] : rows) {
    auto found = read_stats(stats);
    BOOST_TEST(found.has_value() == workers.has_value(), name);
    BOOST_TEST((found ? found->workers : -1) == workers.value_or(-1), name);
  }
}

BOOST_AUTO_TEST_CASE(the_pods_of_the_workers_are_counted) {
  struct pods_row {
    const char* name;
    const char* workers;
    std::optional<int32_t> pods;
  };
  const pods_row pods_rows[] = {
      {"one each", R"([{"id":"w-a_1f"},{"id":"w-b_2e"}])", 2},
      {"two in one pod", R"([{"id":"w-a_1f"},{"id":"w-a_2e"}])", 1},
      {"the last underscore", R"([{"id":"w_a_1"},{"id":"w_b_1"}])", 2},
      {"no uuid", R"([{"id":"w-a"},{"id":"w-b"}])", 2},
      {"one is missing",
       R"([{"id":"w-a_1","state":"missing"},{"state":"ready","id":"w-b_2"}])",
       1},
      {"an id below a worker", R"([{"id":"w-a_1","x":{"id":"w-b_1"}}])", 1},
      {"one without an id", R"([{"id":"w-a_1"},{}])", std::nullopt},
      {"no worker", "[]", 0},
      {"no list", "7", std::nullopt},
  };
  for (const auto& [name, workers, pods] : pods_rows) {
    auto found = read_stats(std::string(R"({"worker_count":9,"workers":)") +
                            workers + "}");
    BOOST_TEST_REQUIRE(found.has_value(), name);
    BOOST_TEST(found->workers == 9, name);
    BOOST_TEST(found->pods.value_or(-1) == pods.value_or(-1), name);
  }
}

BOOST_AUTO_TEST_CASE(the_state_of_the_master_is_read) {
  const std::pair<const char*, master_state> words[] = {
      {"ready", master_state::ready},      {"spawning", master_state::load},
      {"running", master_state::load},     {"cleanup", master_state::load},
      {"stopping", master_state::load},    {"stopped", master_state::stopped},
      {"missing", master_state::unknown},  {"", master_state::unknown},
      {"running?", master_state::unknown},
  };
  for (const auto& [word, state] : words) {
    auto found = read_stats(std::string(R"({"worker_count":1,"state":")") +
                            word + R"("})");
    BOOST_TEST_REQUIRE(found.has_value(), word);
    BOOST_TEST((found->state == state), word);
  }
  // The states of workers, and of anything else, are not that of the master.
  auto found = read_stats(
      R"({"workers":[{"state":"running"}],"errors":[{"state":"running"}]})");
  BOOST_TEST((found->state == master_state::unknown));
  BOOST_TEST((read_stats(master_stats_text)->state == master_state::load));
}

BOOST_AUTO_TEST_CASE(the_figures_of_the_load_are_read) {
  auto found = read_stats(R"({"stats":[
      {"name":"Aggregated","num_requests":1,"num_failures":1,
       "response_time_percentile_0.99":1},
      {"name":"/slow","num_requests":3,"median_response_time":900},
      {"name":"Aggregated","num_requests":40,"num_failures":10,
       "median_response_time":7,"response_time_percentile_0.95":50,
       "response_time_percentile_0.99":90.5,"current_rps":1,
       "x":{"num_requests":5}}],
      "current_rps":12.25,"current_fail_per_sec":3,"fail_ratio":0.25,
      "current_response_time_percentiles":{"response_time_percentile_0.5":null,
       "response_time_percentile_0.95":61,"response_time_percentile_0.9":1},
      "state":"running","user_count":10,"worker_count":3,"workers":[
      {"id":"a_1","state":"running","cpu_usage":90},
      {"id":"b_1","state":"missing","cpu_usage":99},
      {"id":"c_1","state":"running","cpu_usage":90.1},
      {"id":"d_1","state":"running"}]})");
  BOOST_TEST_REQUIRE(found.has_value());
  load_figures wanted{"running", 10, 12.25, 3.0, 0.25, 7.0, 61.0,
                      90.5,      40, 10,    1,   90.1, 1};
  BOOST_TEST((found->figures == wanted));
}

BOOST_AUTO_TEST_CASE(a_master_without_load_has_no_rate) {
  auto with = [](const std::string& state) {
    return read_stats(R"({"worker_count":1,"current_rps":90,
        "current_fail_per_sec":9,"state":")" +
                      state + "\"}")
        ->figures;
  };
  for (const char* state : {"ready", "stopped"}) {
    BOOST_TEST((with(state).requests_per_second == 0.0), state);
    BOOST_TEST((with(state).failures_per_second == 0.0), state);
  }
  BOOST_TEST((with("running").requests_per_second == 90.0));
}

BOOST_AUTO_TEST_CASE(the_totals_of_the_run_are_read) {
  auto found = read_stats(R"({"worker_count":1,"stats":[
      {"method":"GET","name":"/","num_requests":9,"max_response_time":3},
      {"method":"","name":"Aggregated","num_requests":40,"num_failures":10,
       "median_response_time":7,"response_time_percentile_0.95":50,
       "response_time_percentile_0.99":90.5,"max_response_time":120,
       "current_rps":1,"total_rps":12.5}],
      "total_rps":99})");
  BOOST_TEST_REQUIRE(found.has_value());
  run_figures wanted{40, 10, 12.5, 7.0, 50.0, 90.5, 120.0};
  wanted.worst = {{"GET", "/", 9, 0, {}, 3.0}};
  BOOST_TEST((found->totals == wanted));
}

BOOST_AUTO_TEST_CASE(the_worst_endpoints_are_kept) {
  std::string rows = R"({"worker_count":1,"stats":[)";
  for (int i = 0; i < 300; ++i)
    rows += R"({"method":"GET","name":"/)" + std::to_string(i) +
            R"(","num_requests":10,"response_time_percentile_0.95":)" +
            std::to_string(i % 100) + "},";
  rows += R"({"method":"PUT","name":"/failing","num_requests":5,
      "num_failures":2},{"name":"Aggregated","num_failures":9}]})";
  auto worst = read_stats(rows)->totals.worst;
  BOOST_TEST_REQUIRE(worst.size() == most_endpoints);
  BOOST_TEST((worst[0] == endpoint_figures{"PUT", "/failing", 5, 2, {}, {}}));
  const char* names[] = {"/99",  "/199", "/299", "/98", "/198",
                         "/298", "/97",  "/197", "/297"};
  for (size_t i = 0; i < std::size(names); ++i)
    BOOST_TEST(worst[i + 1].name == names[i]);
}

BOOST_AUTO_TEST_CASE(the_most_frequent_errors_are_kept) {
  std::string text = R"({"worker_count":1,"errors":[)";
  for (int i = 0; i < 300; ++i)
    text += R"({"method":"GET","name":"/a","error":"E)" + std::to_string(i) +
            R"(","occurrences":)" + std::to_string(i % 150) + "},";
  text += R"({"occurrences":1000,"error":"line\nline\u001b[1m"}]})";
  auto errors = read_stats(text)->totals.errors;
  BOOST_TEST_REQUIRE(errors.size() == most_errors);
  BOOST_TEST((errors[0] == error_figures{"", "", "line?line?[1m", 1000}));
  BOOST_TEST((errors[1] == error_figures{"GET", "/a", "E149", 149}));
  BOOST_TEST(errors[2].error == "E299");
  BOOST_TEST(errors[4].error == "E298");
}

BOOST_AUTO_TEST_CASE(long_texts_of_rows_are_cut) {
  std::string x(5000, 'x');
  auto totals = read_stats(R"({"worker_count":1,"stats":[{"name":")" + x +
                           R"(","method":")" + x +
                           R"("},{"name":"Aggregated"}],"errors":[{"error":")" +
                           x + R"(","name":")" + x + R"("}]})")
                    ->totals;
  BOOST_TEST(totals.worst.at(0).name.size() == longest_endpoint_name);
  BOOST_TEST(totals.worst.at(0).method.size() == longest_endpoint_name);
  BOOST_TEST(totals.errors.at(0).name.size() == longest_endpoint_name);
  BOOST_TEST(totals.errors.at(0).error.size() == longest_error_text);
}

BOOST_AUTO_TEST_CASE(what_is_not_said_is_not_known) {
  auto found = read_stats(R"({"worker_count":1})");
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((found->figures == load_figures{}));
  // Without a request, Locust says that all times are 0.
  found = read_stats(R"({"worker_count":1,"stats":[{"name":"Aggregated",
      "num_requests":0,"num_failures":0,"median_response_time":0,
      "response_time_percentile_0.95":0}]})");
  load_figures nothing;
  nothing.requests = nothing.failures = 0;
  BOOST_TEST((found->figures == nothing));
  // The last row is not the total.
  found = read_stats(R"({"worker_count":1,"stats":[{"name":"/",
      "num_requests":7}]})");
  BOOST_TEST((found->figures == load_figures{}));
}

BOOST_AUTO_TEST_CASE(an_impossible_figure_is_not_known) {
  for (const char* value :
       {"NaN", "-Infinity", "Infinity", "-1", "-0.5", "1e13", "1e300",
        "10000000000000", "18446744073709551615", "\"7\"", "true", "null",
        "[7]", R"({"user_count":7})"}) {
    std::string figure = value;
    auto found = read_stats(
        R"({"worker_count":2,"user_count":)" + figure + R"(,"current_rps":)" +
        figure + R"(,"fail_ratio":)" + figure + R"(,"current_fail_per_sec":)" +
        figure +
        R"(,"current_response_time_percentiles":
        {"response_time_percentile_0.5":)" +
        figure + R"(},"stats":[{"name":"Aggregated","num_requests":)" + figure +
        R"(,"num_failures":)" + figure + R"(}],"workers":[{"cpu_usage":)" +
        figure + "}]}");
    BOOST_TEST_REQUIRE(found.has_value(), figure);
    BOOST_TEST(found->workers == 2, figure);
    load_figures only_workers;
    only_workers.missing = only_workers.overloaded = 0;
    BOOST_TEST((found->figures == only_workers), figure);
  }
  BOOST_TEST((read_stats(R"({"worker_count":2,"fail_ratio":1.5})")
                  ->figures.fail_ratio == 1.0));
}

BOOST_AUTO_TEST_CASE(an_answer_over_the_limit_is_not_looked_at) {
  std::string padded = R"({"worker_count":4,"x":")";
  padded.append(stats_limit - padded.size() - 2, 'x').append("\"}");
  BOOST_TEST(read_stats(padded).has_value());
  padded.push_back(' ');
  BOOST_TEST(!read_stats(padded).has_value());
}

BOOST_AUTO_TEST_CASE(deep_nesting_does_not_overflow_the_stack) {
  BOOST_TEST(!read_stats(std::string(1'000'000, '[')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
