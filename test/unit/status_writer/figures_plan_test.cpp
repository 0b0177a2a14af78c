#include "actors/status_writer/write_plan.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <string>

// The order and the budget of figures that are written without a document.

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

constexpr monotonic_time start{std::chrono::hours(1)};

struct fixture {
  static shared_text load(int users) {
    return std::make_shared<const std::string>(R"({"users":)" +
                                               std::to_string(users) + '}');
  }

  static api_response stored() {
    return answer(200, R"({"metadata":{"resourceVersion":"2"}})");
  }

  void save(const std::string& uid, bool urgent = true, shared_text with = {}) {
    status_document made;
    made.test = {"ns", uid};
    made.test_uid = uid;
    made.resource_version = "1";
    made.urgent = urgent;
    made.document = std::make_shared<const std::string>("{}");
    made.load = std::move(with);
    plan.save(std::move(made), now);
  }

  void show(const std::string& uid, int users) {
    plan.show({{"ns", uid}, uid, load(users)}, now);
  }

  /// The tests that are written now; each write succeeds.
  std::vector<std::string> written() {
    std::vector<std::string> uids;
    for (auto steps = plan.due(now); !steps.empty(); steps = plan.due(now))
      for (const auto& step : steps) {
        uids.push_back(step.test_uid);
        plan.answered(step.test_uid, stored(), now);
      }
    return uids;
  }

  /// Tests with stored figures.
  void begin(int tests) {
    for (int i = 0; i < tests; ++i)
      save("u" + std::to_string(i), true, load(0));
    written();
  }

  write_plan plan;
  monotonic_time now = start;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(figures_plan, fixture)

BOOST_AUTO_TEST_CASE(all_tests_share_the_budget_fairly) {
  constexpr int tests = 20;
  begin(tests);
  std::map<std::string, int> writes;
  auto begun = now;
  for (int second = 0; second < 40; ++second)
    for (int tenth = 0; tenth < 10; ++tenth, now += 100ms) {
      for (int i = 0; i < tests; ++i)
        show("u" + std::to_string(i), second * 10 + tenth + 1);
      for (const auto& uid : written())
        ++writes[uid];
    }
  auto sum = 0;
  for (const auto& [uid, count] : writes) {
    BOOST_TEST(count >= 10, uid);
    BOOST_TEST(count <= 11, uid);
    sum += count;
  }
  BOOST_TEST(writes.size() == tests);
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - begun);
  BOOST_TEST(sum <= 5 * (seconds.count() + 1));
}

BOOST_AUTO_TEST_CASE(the_first_figures_of_a_test_do_not_wait) {
  for (int i = 0; i < 50; ++i)
    save("u" + std::to_string(i));
  written();
  for (int i = 0; i < 50; ++i)
    show("u" + std::to_string(i), 1);
  BOOST_TEST(written().size() == 50u);
  // Nor do they take anything from the budget.
  for (int i = 0; i < 50; ++i)
    show("u" + std::to_string(i), 2);
  BOOST_TEST(written().size() >= 5u);
}

BOOST_AUTO_TEST_CASE(documents_go_first) {
  begin(3);
  show("u0", 1);
  save("u1");
  save("u0", true, load(1));
  auto steps = plan.due(now);
  BOOST_TEST_REQUIRE(steps.size() == 2u);
  for (const auto& step : steps)
    BOOST_TEST((step.request.verb == http_verb::json_patch));
  plan.answered("u0", stored(), now);
  BOOST_TEST(plan.due(now).empty());
}

BOOST_AUTO_TEST_CASE(they_take_no_more_places_than_other_calm_writes) {
  begin(6);
  for (int i = 0; i < 6; ++i)
    show("u" + std::to_string(i), 1);
  BOOST_TEST(plan.due(now).size() == write_plan::most_calm_in_flight);
  BOOST_TEST(!plan.wakes_at().has_value());
}

BOOST_AUTO_TEST_CASE(it_wakes_up_when_the_budget_allows_one) {
  begin(20);
  for (int i = 0; i < 20; ++i)
    show("u" + std::to_string(i), 1);
  written();
  auto next = plan.wakes_at();
  BOOST_TEST_REQUIRE(next.has_value());
  BOOST_TEST((*next == now + 200ms));
  now = *next;
  BOOST_TEST(written().size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_budget_figures_only_go_with_documents) {
  plan = write_plan(0);
  begin(1);
  show("u0", 1);
  BOOST_TEST(!plan.wakes_at().has_value());
  BOOST_TEST(plan.due(now + 1h).empty());
}

BOOST_AUTO_TEST_CASE(a_document_is_asked_for_in_turn) {
  show("u", 1);
  auto steps = plan.due(now);
  BOOST_TEST_REQUIRE(steps.size() == 1u);
  BOOST_TEST(steps[0].wants_document);
  BOOST_TEST(plan.idle());
  BOOST_TEST(!plan.wakes_at().has_value());
}

BOOST_AUTO_TEST_CASE(figures_do_not_delay_the_end) {
  begin(10);
  for (int i = 0; i < 10; ++i)
    show("u" + std::to_string(i), 1);
  BOOST_TEST(plan.idle());
  plan.flush(now);
  BOOST_TEST(plan.due(now).empty());
  show("u0", 2);
  BOOST_TEST(plan.due(now).empty());
  BOOST_TEST(plan.idle());
}

BOOST_AUTO_TEST_CASE(nothing_is_written_for_a_forgotten_test) {
  begin(1);
  show("u0", 1);
  plan.forget("u0");
  BOOST_TEST(plan.due(now + 1h).empty());
}

BOOST_AUTO_TEST_SUITE_END()
