#include "test/unit/supervisor/story.hpp"

#include <map>

// Every phase handles every fact. The table lists the facts that change the
// state; all others leave it unchanged and need no command.

using namespace locust;
using namespace locust::testing;

namespace {

const std::map<std::string, facts> phases = {
    {"unseen", {}},
    {"creating", accepted_run() + facts{service_created(), master_created()}},
    {"launched", launched_run()},
    {"running", running_run()},
    {"ended", succeeded_run()},
    {"departing", started_run() + facts{fact::deleting{}}},
};

const facts all_facts = {fact::accepted{"hash-b", 1, {}},
                         fact::taken_over{.spec_hash = "hash-b", .workers = 1},
                         workers_created(),
                         refused(child_kind::worker_job, "no"),
                         conflict(child_kind::worker_job, "nobody"),
                         fact::retrying{},
                         fact::earlier_pods{"load-worker-x"},
                         master_lost(),
                         fact::running{},
                         fact::test_started{"p", "n"},
                         fact::load_changed{load_stage::stopped, true},
                         fact::report_settled{"r", "f", "m"},
                         fact::workers_connected{1, worker_source::master},
                         fact::pods_failing{"PodLost", "m"},
                         fact::pods_healthy{true},
                         fact::spec_edited{"hash-b", true},
                         fact::ended{end_cause::master_failed, 1, "no"},
                         fact::unknown{"Paused"},
                         fact::deleting{}};

/// Kinds of facts that change the state, by phase.
const std::map<std::string, std::vector<std::string>> changes = {
    {"unseen", {"Accepted", "TakenOver", "Deleting"}},
    {"creating",
     {"Accepted", "ChildCreated", "CreateFailed", "NameConflict", "EarlierPods",
      "ChildDeleted", "ReportSettled", "WorkersConnected", "PodsFailing",
      "PodsHealthy", "SpecEdited", "Ended", "Deleting"}},
    {"launched",
     {"NameConflict", "ChildDeleted", "Running", "ReportSettled",
      "WorkersConnected", "PodsFailing", "PodsHealthy", "SpecEdited", "Ended",
      "Deleting"}},
    {"running",
     {"NameConflict", "ChildDeleted", "TestStarted", "LoadChanged",
      "ReportSettled", "WorkersConnected", "PodsFailing", "PodsHealthy",
      "SpecEdited", "Ended", "Deleting"}},
    {"ended", {"ReportSettled", "Deleting"}},
    {"departing", {}},
};

} // namespace

BOOST_AUTO_TEST_SUITE(totality)

BOOST_AUTO_TEST_CASE(every_phase_handles_or_ignores_every_fact) {
  for (const auto& [name, past] : phases)
    for (const auto& fact : all_facts) {
      auto kind = std::string(kind_of(fact));
      const auto& expected = changes.at(name);
      bool changing =
          std::find(expected.begin(), expected.end(), kind) != expected.end();
      story s;
      s.given(past);
      auto before = s.state();
      s.when(fact);
      auto after = s.state();
      before.clock = after.clock; // the clock always advances
      BOOST_CHECK_MESSAGE((before == after) != changing,
                          kind << " in phase " << name << " should "
                               << (changing ? "" : "not ")
                               << "change the state");
      if (!changing && kind != "Deleting")
        s.then_no_command();
    }
}

BOOST_AUTO_TEST_CASE(a_phase_goes_backwards_by_an_external_deletion_only) {
  const std::map<std::string, int> rank = {
      {"", 0}, {"Pending", 1}, {"Running", 2}, {"Succeeded", 3}, {"Failed", 3}};
  for (const auto& [name, past] : phases)
    for (const auto& fact : all_facts) {
      bool may = std::holds_alternative<fact::child_deleted>(fact) ||
                 std::holds_alternative<fact::deleting>(fact);
      story s;
      s.given(past);
      auto before = rank.at(std::string(phase_name(s.state())));
      s.when(fact);
      auto after = rank.at(std::string(phase_name(s.state())));
      BOOST_CHECK_MESSAGE(may || after >= before, kind_of(fact)
                                                      << " in phase " << name);
    }
}

BOOST_AUTO_TEST_CASE(evolve_changes_nothing_but_what_it_returns) {
  story s;
  s.given(started_run());
  const auto before = s.state();
  lifecycle_event event{noon, 1, workers_lost()};
  auto one = lifecycle::evolve(before, event);
  auto two = lifecycle::evolve(before, event);
  BOOST_TEST((one == two));
  BOOST_TEST((before == s.state()));
  BOOST_TEST((lifecycle::decide(one, event) == lifecycle::decide(two, event)));
}

BOOST_AUTO_TEST_SUITE_END()
