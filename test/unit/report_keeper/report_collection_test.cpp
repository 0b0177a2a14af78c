#include "actors/report_keeper/report_collection.hpp"
#include "test/unit/report_keeper/config_map.hpp"
#include "test/unit/support/answers.hpp"

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

const std::string taken =
    R"({"kind":"Status","reason":"AlreadyExists","message":"exists"})";
const std::string clash =
    R"({"kind":"Status","reason":"Conflict","message":"quota"})";
const std::string ended = "the Locust master had ended";

/// One report, with the time and the latest request.
struct collected {
  /// Sends what is due next.
  collected& asks() {
    now = std::max(now, report.due());
    request = report.next(now);
    return *this;
  }

  collected& hears(const api_response& heard) {
    BOOST_REQUIRE(request.has_value());
    report.answered(heard, now);
    return asks();
  }

  /// All files arrive.
  collected& fetches() {
    for (int i = 0; i < 4; ++i)
      hears(answer(200, "file " + std::to_string(i)));
    return *this;
  }

  std::string name() const {
    return json::text_at(test::config_map(*request->body),
                         {"metadata", "name"});
  }

  void then(const std::string& map, const std::string& omitted,
            const std::string& message) const {
    BOOST_REQUIRE(report.result().has_value());
    BOOST_TEST(report.result()->config_map == map);
    BOOST_TEST(report.result()->omitted == omitted);
    BOOST_TEST(report.result()->message == message);
    BOOST_TEST(!request.has_value());
  }

  monotonic_time now{1h};
  report_collection report{
      keep_report{{"perf", "shop.a"}, "0123456789", "http://10.0.0.1:8089/x"},
      now};
  std::optional<api_request> request{};
};

collected begun() {
  collected c;
  c.asks();
  return c;
}

} // namespace

BOOST_AUTO_TEST_SUITE(report_collections)

BOOST_AUTO_TEST_CASE(files_are_fetched_the_most_valuable_first_and_stored) {
  auto c = begun();
  for (const auto* path : {"/stats/requests/csv", "/stats/report?download=1",
                           "/stats/failures/csv", "/exceptions/csv"}) {
    BOOST_TEST(c.request->target ==
               std::string("http://10.0.0.1:8089/x") + path);
    BOOST_TEST((c.request->verb == http_verb::get));
    BOOST_TEST((c.request->in == lane::load));
    BOOST_TEST((c.request->deadline == 5s));
    c.hears(answer(200, path));
  }
  BOOST_TEST((c.request->verb == http_verb::post));
  BOOST_TEST((c.request->in == lane::background));
  BOOST_TEST(c.request->target == "/api/v1/namespaces/perf/configmaps");
  BOOST_TEST(c.name() == "shop-a-report");
  BOOST_TEST(test::file_in(test::config_map(*c.request->body),
                           "exceptions.csv") == "/exceptions/csv");
  c.hears(answer(201)).then("shop-a-report", "", "");
}

BOOST_AUTO_TEST_CASE(a_file_that_the_master_does_not_have_is_left_out) {
  auto c = begun();
  c.hears(answer(200, "r")).hears(answer(302)).hears(answer(200, "f"));
  c.hears(answer(404, "not found")).hears(answer(201));
  c.then("shop-a-report", "report.html, exceptions.csv",
         "report.html: the Locust master answered 302; exceptions.csv: the "
         "Locust master answered 404");
}

BOOST_AUTO_TEST_CASE(a_file_without_an_answer_is_asked_for_twice) {
  auto c = begun();
  auto at = c.now;
  c.hears(answer(0));
  BOOST_TEST((c.now == at + 1s));
  BOOST_TEST(c.request->target.ends_with("/stats/requests/csv"));
  c.hears(answer(500, "oh")).hears(answer(0)).hears(answer(200, "page"));
  c.hears(answer(200, "f")).hears(answer(200, "e")).hears(answer(201));
  c.then("shop-a-report", "requests.csv", "requests.csv: 500 oh");
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_cut_off_is_none) {
  auto c = begun();
  auto cut = answer(200, "half");
  cut.failure = "larger than 4 MiB";
  c.hears(cut).hears(cut);
  BOOST_TEST(c.request->target.ends_with("download=1"));
}

BOOST_AUTO_TEST_CASE(a_master_that_ends_leaves_what_has_arrived) {
  auto refused = answer(0);
  refused.refused = true;
  auto c = begun();
  c.hears(answer(200, "r")).hears(refused);
  BOOST_TEST((c.request->verb == http_verb::post));
  c.hears(answer(201))
      .then("shop-a-report", "report.html, failures.csv, exceptions.csv",
            "report.html, failures.csv, exceptions.csv: " + ended);
  auto none = begun();
  none.hears(refused).then(
      "", "",
      "requests.csv, report.html, failures.csv, exceptions.csv: " + ended);
}

BOOST_AUTO_TEST_CASE(the_address_of_a_master_that_has_ended_is_asked_no_more) {
  auto pending = begun();
  pending.report.master_ended(pending.now);
  BOOST_TEST(!pending.report.result().has_value());
  pending.hears(answer(200, "r"));
  BOOST_TEST((pending.request->verb == http_verb::post));
  auto silent = begun();
  silent.report.master_ended(silent.now);
  silent.hears(answer(0));
  silent.then("", "",
              "requests.csv, report.html, failures.csv, "
              "exceptions.csv: " +
                  ended);
  auto paused = begun();
  paused.report.answered(answer(0), paused.now);
  paused.report.master_ended(paused.now);
  BOOST_TEST(paused.report.result().has_value());
  auto storing = begun();
  storing.fetches().report.master_ended(storing.now);
  storing.hears(answer(201)).then("shop-a-report", "", "");
}

BOOST_AUTO_TEST_CASE(all_files_together_have_twenty_seconds) {
  auto c = begun();
  c.now += 17s;
  c.hears(answer(200, "r"));
  BOOST_TEST((c.request->deadline == 3s));
  c.now += 3s;
  c.hears(answer(200, "page"));
  BOOST_TEST((c.request->verb == http_verb::post));
  c.hears(answer(201));
  c.then("shop-a-report", "failures.csv, exceptions.csv",
         "failures.csv, exceptions.csv: not fetched within 20 s");
}

BOOST_AUTO_TEST_CASE(a_name_of_another_object_is_avoided) {
  auto c = begun();
  c.fetches().hears(answer(409, taken));
  BOOST_TEST(c.name() == "shop-a-report-01234567");
  auto kept = c;
  kept.hears(answer(201)).then("shop-a-report-01234567", "", "");
  c.hears(answer(409, taken)).then("shop-a-report-01234567", "", "");
}

BOOST_AUTO_TEST_CASE(a_creation_without_a_usable_answer_is_repeated) {
  for (const auto& none :
       {answer(0), answer(429), answer(503), answer(409, clash)}) {
    auto c = begun();
    auto at = c.now;
    c.fetches().hears(none);
    BOOST_TEST((c.now > at));
    BOOST_TEST(c.name() == "shop-a-report");
    auto kept = c;
    kept.hears(answer(201)).then("shop-a-report", "", "");
    // Ours, or somebody else's: only the second name is certain.
    c.hears(answer(409, taken));
    BOOST_TEST(c.name() == "shop-a-report-01234567");
    c.hears(none).hears(answer(409, taken));
    c.then("shop-a-report-01234567", "", "");
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_is_final_and_names_the_missing_right) {
  auto c = begun();
  c.fetches().hears(answer(403, R"({"kind":"Status","message":"no"})"));
  c.then("", "",
         "not permitted to create ConfigMap \"perf/shop-a-report\": no; grant "
         "verb 'create' on resource 'configmaps' in API group '' to the "
         "operator's service account with a Role in namespace 'perf'");
  auto invalid = begun();
  invalid.fetches().hears(answer(422));
  BOOST_TEST(invalid.report.result()->config_map.empty());
}

BOOST_AUTO_TEST_CASE(an_api_server_that_stays_away_is_given_up) {
  auto c = begun();
  auto at = c.fetches().now;
  for (int i = 0; i < 100 && c.request; ++i)
    c.hears(answer(0));
  BOOST_TEST((c.now - at >= 30s));
  BOOST_TEST((c.now - at < 70s));
  c.then("", "",
         "cannot create ConfigMap \"perf/shop-a-report\": connection reset");
}

BOOST_AUTO_TEST_SUITE_END()
