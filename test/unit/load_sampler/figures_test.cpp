#include "actors/load_sampler/figures.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

master_stats stats(const load_figures& figures,
                   master_state state = master_state::load) {
  return {3, 3, state, figures, {}};
}

bool has(const std::string& text, const std::string& member) {
  return text.find(member + ',') != std::string::npos ||
         text.find(member + '}') != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(figures)

BOOST_AUTO_TEST_CASE(all_figures_are_written) {
  auto text = figures_text(stats({"running", 10, 12.3, 3.0, 0.25, 7.0, 61.0,
                                  90.5, 40, 10, 1, 90.1, 1}),
                           20);
  BOOST_TEST(
      text ==
      R"({"state":"running","users":10,"targetUsers":20,)"
      R"("requestsPerSecond":12.3,"failuresPerSecond":3,)"
      R"("failRatio":0.25,"failPercent":25,"p50":7,"p95":61,)"
      R"("p99":90.5,"requests":40,"failures":10,"workers":)"
      R"({"connected":3,"missing":1,"busiestCPU":90.1,"overloaded":1}})");
}

BOOST_AUTO_TEST_CASE(unknown_figures_are_absent) {
  BOOST_TEST(figures_text(stats({}), {}) == R"({"workers":{"connected":3}})");
}

BOOST_AUTO_TEST_CASE(numbers_are_rounded_as_people_read_them) {
  const std::pair<double, const char*> rows[] = {
      {0, "0"},         {0.04, "0"},      {0.06, "0.1"},
      {91.04, "91"},    {91.25, "91.3"},  {999.94, "999.9"},
      {999.96, "1000"}, {1234.5, "1235"}, {1e9, "1000000000"},
  };
  for (const auto& [value, text] : rows) {
    load_figures f;
    f.requests_per_second = value;
    BOOST_TEST(has(figures_text(stats(f), {}),
                   std::string(R"("requestsPerSecond":)") + text),
               text);
  }
}

BOOST_AUTO_TEST_CASE(a_few_failures_are_neither_none_nor_all) {
  struct row {
    double ratio;
    const char* shown;
    const char* percent;
  };
  const row rows[] = {
      {0, "0", "0"},
      {1e-9, "0.0001", "0.01"},
      {0.123456, "0.1235", "12.35"},
      {0.9999999, "0.9999", "99.99"},
      {1, "1", "100"},
  };
  for (const auto& [ratio, shown, percent] : rows) {
    load_figures f;
    f.fail_ratio = ratio;
    auto text = figures_text(stats(f), {});
    BOOST_TEST(has(text, std::string(R"("failRatio":)") + shown), shown);
    BOOST_TEST(has(text, std::string(R"("failPercent":)") + percent), percent);
  }
}

BOOST_AUTO_TEST_CASE(a_target_that_is_exceeded_is_not_the_target) {
  load_figures f;
  f.users = 20;
  BOOST_TEST(has(figures_text(stats(f), 20), R"("targetUsers":20)"));
  BOOST_TEST(figures_text(stats(f), 19).find("targetUsers") ==
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
