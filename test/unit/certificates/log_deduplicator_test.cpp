#include "actors/certificates/log_deduplicator.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

const log_message bad = {message_level::warning, "bad"};
const log_message worse = {message_level::error, "worse"};
const log_message by_the_way = {message_level::info, "by the way"};

struct fixture {
  /// Ends a reconciliation with one finding; returns what is new.
  std::vector<log_message> reconcile(const std::string& key,
                                     const log_message& found) {
    messages.note("it", key, found);
    return messages.take_new();
  }

  log_deduplicator messages;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_deduplicator_, fixture)

BOOST_AUTO_TEST_CASE(a_problem_and_its_end_are_reported_once) {
  BOOST_TEST((reconcile("a", bad) == std::vector{bad}));
  BOOST_TEST(reconcile("a", bad).empty());
  BOOST_TEST(
      reconcile("a", {message_level::warning, "in other words"}).empty());
  BOOST_TEST((reconcile("b", worse) == std::vector{worse}));
  BOOST_TEST((messages.take_new() ==
              std::vector<log_message>{
                  {message_level::info, "it: the problem is resolved"}}));
  BOOST_TEST(messages.take_new().empty());
  BOOST_TEST((reconcile("b", worse) == std::vector{worse}));
}

BOOST_AUTO_TEST_CASE(information_is_never_resolved) {
  BOOST_TEST((reconcile("a", by_the_way) == std::vector{by_the_way}));
  BOOST_TEST(reconcile("a", by_the_way).empty());
  BOOST_TEST(messages.take_new().empty());
}

BOOST_AUTO_TEST_CASE(the_last_finding_of_a_reconciliation_counts) {
  messages.note("it", "a", by_the_way);
  BOOST_TEST((reconcile("b", bad) == std::vector{bad}));
}

BOOST_AUTO_TEST_CASE(each_topic_has_its_own_findings) {
  messages.note("that", "a", bad);
  BOOST_TEST(reconcile("a", bad).size() == 2u);
  BOOST_TEST(
      (reconcile("a", bad) ==
       std::vector<log_message>{{message_level::info, "that: the problem is "
                                                      "resolved"}}));
}

BOOST_AUTO_TEST_SUITE_END()
