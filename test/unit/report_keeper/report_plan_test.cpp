#include "actors/report_keeper/report_plan.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

struct fixture {
  bool keep(const std::string& uid) {
    return plan.keep({{"ns", uid}, uid, "http://" + uid}, now);
  }

  /// The tests whose requests are due.
  std::set<std::string> due() {
    std::set<std::string> uids;
    for (const auto& step : plan.due(now))
      uids.insert(step.test_uid);
    return uids;
  }

  void hears(const std::string& uid, int status) {
    plan.answered(uid, answer(status, "x"), now);
  }

  using set = std::set<std::string>;

  report_plan plan;
  monotonic_time now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(report_plans, fixture)

BOOST_AUTO_TEST_CASE(a_report_waits_until_its_figures_are_complete) {
  BOOST_TEST(plan.keep({{"ns", "a"}, "a", "http://a", 5s}, now));
  BOOST_TEST(due().empty());
  BOOST_TEST((plan.wakes_at() == now + 5s));
  now += 5s;
  BOOST_TEST((due() == set{"a"}));
}

BOOST_AUTO_TEST_CASE(a_few_reports_are_collected_at_once) {
  for (const auto* uid : {"a", "b", "c", "d", "e", "f"})
    BOOST_TEST(keep(uid));
  BOOST_TEST((due() == set{"a", "b", "c", "d"}));
  BOOST_TEST(due().empty());
  hears("b", 200);
  BOOST_TEST((due() == set{"b"}));
  for (int i = 0; i < 3; ++i) {
    hears("b", 200);
    BOOST_TEST((due() == set{"b"}));
  }
  hears("b", 201);
  BOOST_TEST((due() == set{"e"}));
  auto done = plan.take_outcomes();
  BOOST_REQUIRE(done.size() == 1u);
  BOOST_TEST(done[0].test_uid == "b");
  BOOST_TEST(done[0].result.config_map == "b-report");
  BOOST_TEST(plan.take_outcomes().empty());
}

BOOST_AUTO_TEST_CASE(masters_that_do_not_answer_give_their_place_to_others) {
  for (const auto* uid : {"a", "b", "c", "d", "e"})
    BOOST_TEST(keep(uid));
  due();
  hears("a", 0);
  BOOST_TEST((due() == set{"e"}));
  now += 1s;
  BOOST_TEST(due().empty());
  hears("c", 0);
  BOOST_TEST((due() == set{"a"}));
}

BOOST_AUTO_TEST_CASE(one_that_holds_files_keeps_its_place) {
  for (const auto* uid : {"a", "b", "c", "d", "e"})
    BOOST_TEST(keep(uid));
  due();
  hears("a", 200);
  BOOST_TEST((due() == set{"a"}));
  hears("a", 0);
  BOOST_TEST(due().empty());
  BOOST_TEST((plan.wakes_at() == now + 1s));
  now += 1s;
  BOOST_TEST((due() == set{"a"}));
}

BOOST_AUTO_TEST_CASE(a_report_is_collected_once_at_a_time) {
  BOOST_TEST(keep("a"));
  BOOST_TEST(!keep("a"));
}

BOOST_AUTO_TEST_CASE(a_master_that_ends_while_its_report_waits_is_not_asked) {
  for (const auto* uid : {"a", "b", "c", "d", "e"})
    BOOST_TEST(keep(uid));
  due();
  plan.master_ended("e", now);
  auto done = plan.take_outcomes();
  BOOST_REQUIRE(done.size() == 1u);
  BOOST_TEST(done[0].test_uid == "e");
  BOOST_TEST(done[0].result.config_map.empty());
  hears("a", 404);
  BOOST_TEST((due() == set{"a"}));
  plan.master_ended("nobody", now);
}

BOOST_AUTO_TEST_CASE(an_empty_plan_sleeps) {
  BOOST_TEST(!plan.wakes_at().has_value());
  BOOST_TEST(keep("a"));
  BOOST_TEST((plan.wakes_at() == now));
  due();
  BOOST_TEST(!plan.wakes_at().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
