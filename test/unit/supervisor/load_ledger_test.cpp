#include "actors/supervisor/load_ledger.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

const timestamp noon{std::chrono::seconds(1'800'000'000)};

struct told {
  int64_t users = 0;
  double rate = 0;
  int64_t requests = 0;
  int32_t workers = 1;
  master_state state = master_state::load;
};

load_sample sample(const told& what, timestamp at = noon) {
  measured_load measured;
  measured.now.users = what.users;
  measured.now.requests_per_second = what.rate;
  measured.totals.requests = what.requests;
  load_sample made;
  made.reachable = true;
  made.at = at;
  made.workers = what.workers;
  made.state = what.state;
  made.measured = std::make_shared<const measured_load>(std::move(measured));
  return made;
}

load_ledger ledger_of(std::initializer_list<told> all) {
  load_ledger made;
  for (const auto& what : all)
    made.add(sample(what));
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(load_ledgers)

BOOST_AUTO_TEST_CASE(the_highest_figures_are_kept) {
  auto ledger =
      ledger_of({{5, 10, 20, 2}, {9, 8, 40, 3}, {9, 12, 50, 4}, {3, 4, 60, 1}});
  BOOST_TEST((ledger.peak() == load_peak{9, 12.0, 3}));
  BOOST_TEST(ledger.totals()->requests.value() == 60);
  BOOST_TEST(!ledger.is_final());
}

BOOST_AUTO_TEST_CASE(figures_of_a_stopped_master_become_final) {
  auto ledger = ledger_of({{5, 10, 20}, {0, 0, 30, 1, master_state::stopped}});
  BOOST_TEST((ledger.peak() == load_peak{5, 10.0, 1}));
  BOOST_TEST(ledger.totals()->requests.value() == 30);
  // Workers may still report.
  BOOST_TEST(!ledger.is_final());
  told more{0, 0, 31, 1, master_state::stopped};
  ledger.add(sample(more, noon + 4s));
  BOOST_TEST(!ledger.is_final());
  ledger.add(sample(more, noon + settling_time));
  BOOST_TEST(ledger.is_final());
  BOOST_TEST(ledger.totals()->requests.value() == 31);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_over_at_the_first_sample_has_no_peak) {
  told stopped{0, 0, 30, 1, master_state::stopped};
  auto ledger = ledger_of({stopped});
  ledger.add(sample(stopped, noon + settling_time));
  BOOST_TEST((ledger.peak() == load_peak{}));
  BOOST_TEST(ledger.is_final());
}

BOOST_AUTO_TEST_CASE(a_second_run_counts_anew) {
  auto ledger = ledger_of(
      {{50, 99, 20}, {0, 0, 30, 1, master_state::stopped}, {7, 1, 31, 2}});
  BOOST_TEST((ledger.peak() == load_peak{7, 1.0, 2}));
  BOOST_TEST(!ledger.is_final());
  // Also when its beginning was not seen, or the statistics were reset.
  ledger = ledger_of({{50, 99, 20}, {7, 1, 19, 2}});
  BOOST_TEST((ledger.peak() == load_peak{7, 1.0, 2}));
}

BOOST_AUTO_TEST_CASE(users_who_move_are_not_counted_twice) {
  load_ledger ledger;
  ledger.add(sample({6, 1, 20}, noon), 4);
  ledger.add(sample({6, 1, 25}, noon + 3s), 4);
  BOOST_TEST(ledger.peak().users.value() == 4);
  ledger.add(sample({4, 1, 30}, noon + 6s), 4);
  ledger.add(sample({5, 1, 40}, noon + 8s), 4);
  BOOST_TEST(ledger.peak().users.value() == 4);
  // Somebody asked for more in the web UI.
  ledger.add(sample({5, 1, 50}, noon + 12s), 4);
  BOOST_TEST(ledger.peak().users.value() == 5);
}

BOOST_AUTO_TEST_CASE(samples_without_load_change_nothing) {
  auto ledger = ledger_of({{5, 10, 20}});
  load_sample silent;
  silent.at = noon + 9s;
  ledger.add(silent);
  ledger.add(sample({0, 0, 0, 1, master_state::ready}, noon + 9s));
  BOOST_TEST(ledger.totals()->requests.value() == 20);
  BOOST_TEST((ledger.sampled_at() == noon));
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_from_what_is_stored) {
  auto before = ledger_of({{9, 12, 50, 4}});
  auto text = load_text(R"({"state":"running","requests":50,"failures":3})",
                        before.peak(), noon);
  BOOST_TEST(text == R"({"state":"running","requests":50,"failures":3,"peak":)"
                     R"({"users":9,"requestsPerSecond":12,"workers":4},)"
                     R"("sampledAt":")" +
                         to_rfc3339(noon) + "\"}");
  load_ledger after;
  after.continue_from(text);
  BOOST_TEST((after.peak() == before.peak()));
  BOOST_TEST((after.sampled_at() == noon));
  BOOST_TEST(!after.is_final());
  BOOST_TEST(after.totals()->requests.value() == 50);
  BOOST_TEST(after.totals()->failures.value() == 3);
  // What this process knows is not replaced by something older.
  after.add(sample({3, 4, 60}, noon + 2s));
  after.continue_from(text);
  BOOST_TEST(after.totals()->requests.value() == 60);
  after.continue_from(R"({"state":"stopped","sampledAt":")" +
                      to_rfc3339(noon + 5s) + "\"}");
  BOOST_TEST(!after.is_final());
  told stopped{0, 0, 60, 1, master_state::stopped};
  after.add(sample(stopped, noon + 10s));
  BOOST_TEST(!after.is_final()); // stored times have whole seconds
  after.add(sample(stopped, noon + 11s));
  BOOST_TEST(after.is_final());
}

BOOST_AUTO_TEST_CASE(a_load_that_somebody_spoiled_is_ignored) {
  for (const char* text : {"", "{}", "[]", R"({"sampledAt":7})",
                           R"({"sampledAt":"soon","requests":7})"}) {
    load_ledger ledger;
    ledger.continue_from(text);
    BOOST_TEST(ledger.totals() == nullptr, text);
  }
  load_ledger ledger;
  ledger.continue_from(R"({"sampledAt":"2026-12-01T10:00:00Z","requests":"x",)"
                       R"("peak":{"users":"many","requestsPerSecond":[]}})");
  BOOST_TEST((ledger.peak() == load_peak{}));
  BOOST_TEST(!ledger.totals()->requests.has_value());
}

BOOST_AUTO_TEST_CASE(figures_without_a_peak) {
  BOOST_TEST(load_text("{}", {}, noon) ==
             R"({"sampledAt":")" + to_rfc3339(noon) + "\"}");
}

BOOST_AUTO_TEST_SUITE_END()
