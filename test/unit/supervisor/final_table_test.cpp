#include "actors/supervisor/final_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;

namespace {

// Printed with the formats of Locust 2.47.

const std::string statistics =
    R"(Type     Name                                                      # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s)"
    "\n"
    R"(--------|--------------------------------------------------------|-------|-------------|-------|-------|-------|-------|--------|-----------)"
    "\n"
    R"(GET      /                                                             30     0(0.00%) |     55      10     800     50 |    9.50        0.00)"
    "\n"
    R"(POST     /cart items                                                   10    4(40.00%) |    155      20     900     60 |    3.25        1.30)"
    "\n"
    R"(--------|--------------------------------------------------------|-------|-------------|-------|-------|-------|-------|--------|-----------)"
    "\n"
    R"(         Aggregated                                                    40    4(10.00%) |     80      10     900     52 |   12.75        1.30)"
    "\n"
    "\n";

const std::string percentiles =
    R"(Response time percentiles (approximated))"
    "\n"
    R"(Type     Name                                                              50%    66%    75%    80%    90%    95%    98%    99%  99.9% 99.99%   100% # reqs)"
    "\n"
    R"(--------|------------------------------------------------------------|--------|------|------|------|------|------|------|------|------|------|------|------)"
    "\n"
    R"(GET      /                                                                  50     60     70     75     90    300    700    800    800    800    800     30)"
    "\n"
    R"(POST     /cart items                                                        60     70     80     85    100    400    900    900    900    900    900     10)"
    "\n"
    R"(--------|------------------------------------------------------------|--------|------|------|------|------|------|------|------|------|------|------|------)"
    "\n"
    R"(         Aggregated                                                         52     62     72     77     92    310    800    850    900    900    900     40)"
    "\n"
    "\n";

const std::string errors =
    R"(Error report)"
    "\n"
    R"(# occurrences      Error)"
    "\n"
    R"(------------------|-------------------------------------------------------------------------------------------------------------------------)"
    "\n"
    R"(3                  POST /cart items: HTTPError('500 Server Error: for url: /cart items'))"
    "\n"
    R"(1                  POST /cart items: too: slow)"
    "\n"
    R"(------------------|-------------------------------------------------------------------------------------------------------------------------)"
    "\n";

/// As the kubelet keeps the end of a log.
std::string last_bytes(const std::string& text, size_t count) {
  return text.substr(text.size() - count);
}

} // namespace

BOOST_AUTO_TEST_SUITE(final_tables)

BOOST_AUTO_TEST_CASE(all_figures_are_read) {
  auto found = read_final_table("[2026-12-01 10:00:00,000] m/INFO/locust.main: "
                                "Shutting down (exit code 1)\n" +
                                statistics + percentiles + errors);
  BOOST_TEST_REQUIRE(found.has_value());
  run_figures wanted{40, 4, 12.75, 52.0, 310.0, 850.0, 900.0};
  wanted.worst = {{"POST", "/cart items", 10, 4, 400.0, 900.0},
                  {"GET", "/", 30, 0, 300.0, 800.0}};
  wanted.errors = {{"POST", "/cart items",
                    "HTTPError('500 Server Error: for url: /cart items')", 3},
                   {"POST", "/cart items", "too: slow", 1}};
  BOOST_TEST((*found == wanted));
}

BOOST_AUTO_TEST_CASE(a_table_without_its_head_still_has_the_sums) {
  auto found =
      read_final_table(last_bytes(statistics + percentiles + errors, 2048));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->requests.value() == 40);
  BOOST_TEST(found->failures.value() == 4);
  BOOST_TEST(found->average_rate.value() == 12.75);
  BOOST_TEST(found->longest.value() == 900);
  BOOST_TEST(found->errors.size() == 2u);
}

BOOST_AUTO_TEST_CASE(without_statistics_the_other_tables_tell) {
  auto found = read_final_table(percentiles + errors);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->requests.value() == 40);
  BOOST_TEST(found->failures.value() == 4);
  BOOST_TEST(found->longest.value() == 900);
  BOOST_TEST(found->p95.value() == 310);
  found = read_final_table(percentiles);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->failures.value() == 0);
  // The header of the percentiles is cut off: nobody knows what they are.
  found = read_final_table(last_bytes(percentiles, 200) + errors);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->requests.value() == 40);
  BOOST_TEST(!found->p95.has_value());
  BOOST_TEST(found->failures.value() == 4);
}

BOOST_AUTO_TEST_CASE(tables_during_the_run_are_not_final) {
  BOOST_TEST(!read_final_table(statistics + statistics).has_value());
  auto found = read_final_table(statistics + statistics + percentiles);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->worst.size() == 2u);
}

BOOST_AUTO_TEST_CASE(other_output_is_no_table) {
  for (const char* text :
       {"", "\n\n", "Aggregated", "Aggregated | | |", "Aggregated 40 of 50",
        "Aggregated 40", "Traceback (most recent", "Type Name # reqs",
        "# occurrences\n7", "Aggregated x y | 1 2 3 | 4 5"})
    BOOST_TEST(!read_final_table(text).has_value(), text);
  for (const char* text :
       {"Error report", "Error report\n# occurrences Error\n-1 x\n99999999999"
                        "99999999999 y\nGET /: z"}) {
    auto found = read_final_table(text);
    BOOST_TEST_REQUIRE(found.has_value(), text);
    BOOST_TEST(found->errors.empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(texts_are_bounded_and_clean) {
  std::string row = "5                  GET /: a\tb" + std::string(900, 'x');
  auto found = read_final_table("Error report\n# occurrences      Error\n" +
                                row + "\n2 odd\n");
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST_REQUIRE(found->errors.size() == 2u);
  BOOST_TEST(found->errors[0].error.size() == longest_error_text);
  BOOST_TEST(found->errors[0].error.substr(0, 4) == "a?bx");
  BOOST_TEST((found->errors[1] == error_figures{"", "", "odd", 2}));
}

BOOST_AUTO_TEST_SUITE_END()
