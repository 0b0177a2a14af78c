#include "protocol/basics/rate_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr monotonic_time start{std::chrono::hours(1)};

/// Spends what there is; returns how much that was.
int spend_all(rate_budget& budget, monotonic_time now) {
  int n = 0;
  for (; budget.next() <= now; ++n)
    budget.spend(now);
  return n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rate_budget_)

BOOST_AUTO_TEST_CASE(so_many_actions_begin_per_second) {
  rate_budget budget(4);
  BOOST_TEST(budget.is_open());
  BOOST_TEST(spend_all(budget, start) == 4);
  BOOST_TEST((budget.next() == start + 250ms));
  BOOST_TEST(spend_all(budget, start + 249ms) == 0);
  BOOST_TEST(spend_all(budget, start + 250ms) == 1);
  BOOST_TEST(spend_all(budget, start + 1s) == 3);
  // Not more than those of one second are saved.
  BOOST_TEST(spend_all(budget, start + 1h) == 4);
}

BOOST_AUTO_TEST_CASE(no_actions_are_allowed_at_a_rate_of_0) {
  BOOST_TEST(!rate_budget(0).is_open());
}

BOOST_AUTO_TEST_CASE(any_other_rate_allows_some) {
  for (uint32_t rate : {1u, 1'000'000'000u, 1'000'000'001u, 2'147'483'647u})
    BOOST_TEST(rate_budget(rate).is_open(), rate);
}

BOOST_AUTO_TEST_SUITE_END()
