#include "actors/supervisor/status_document.hpp"
#include "tools/lib/replay/journal_replay.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace locust;
using namespace std::chrono_literals;

namespace {

const object_key shop{"team-a", "shop"};
const object_key bank{"team-b", "bank"};

/// An operator that writes a journal: at most two tests, one event per second.
class recording_operator {
public:
  recording_operator& start(const object_key& test) {
    auto uid = "uid-" + test.name;
    auto stored = render_status(state_[uid], packed_spec{});
    bool known = !lifecycle::phase_name(state_[uid]).empty();
    if (known)
      state_[uid] = read_status(stored)->state;
    line(journal_start_line(test, uid, now_, known ? stored : ""));
    return *this;
  }

  /// The state is taken anew from the stored status when `sent` revisions were.
  recording_operator& continues(const object_key& test, uint64_t sent) {
    start(test);
    auto& s = state_["uid-" + test.name];
    s.revision = s.stored_revision = sent;
    return *this;
  }

  recording_operator& happens(const object_key& test, lifecycle_fact fact) {
    auto uid = "uid-" + test.name;
    now_ += 1s;
    lifecycle_event event{now_, 1, std::move(fact)};
    auto& s = state_[uid];
    s = lifecycle::evolve(std::move(s), event);
    line(journal_event_line(test, uid, event, s, lifecycle::decide(s, event)));
    return *this;
  }

  recording_operator& runs_to_the_end(const object_key& test) {
    using enum child_kind;
    start(test).happens(test, fact::accepted{"hash", 2, {}});
    happens(test, fact::stored{1});
    happens(test, fact::child_created{master_service, "s", "uid-s", false});
    happens(test, fact::child_created{master_job, "m", "uid-m", false});
    happens(test, fact::child_created{worker_job, "w", "uid-w", false});
    happens(test, fact::running{});
    return happens(test, fact::ended{end_cause::master_completed, 0, {}});
  }

  recording_operator& line(const std::string& text) {
    lines_.push_back(text);
    return *this;
  }

  /// Replaces the first `from` in line `number` (from 1).
  recording_operator& forge(size_t number, const std::string& from,
                            const std::string& to) {
    auto& text = lines_.at(number - 1);
    text.replace(text.find(from), from.size(), to);
    return *this;
  }

  recording_operator& drop(size_t number) {
    lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(number) - 1);
    return *this;
  }

  std::string text() const {
    std::string whole;
    for (const auto& one : lines_)
      whole += one + '\n';
    return whole;
  }

private:
  timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
  std::map<std::string, lifecycle::state> state_;
  std::vector<std::string> lines_;
};

struct outcome {
  replay_verdict verdict;
  std::string said;

  bool says(const std::string& words) const {
    return said.find(words) != std::string::npos;
  }
};

outcome replayed(const std::string& journal, const replay_options& options) {
  std::istringstream in(journal);
  std::ostringstream out;
  auto verdict = replay(in, options, out);
  return {verdict, out.str()};
}

outcome replayed(const recording_operator& op, replay_options options = {}) {
  return replayed(op.text(), options);
}

bool is_same(const outcome& o) {
  return o.verdict == replay_verdict::same;
}

} // namespace

BOOST_AUTO_TEST_SUITE(journal_replay_suite)

BOOST_AUTO_TEST_CASE(an_untouched_journal_replays_as_recorded) {
  recording_operator op;
  op.runs_to_the_end(shop).runs_to_the_end(bank);
  auto o = replayed(op);
  BOOST_TEST(is_same(o), o.said);
  BOOST_TEST(o.says("14 events of 2 tests replayed: no differences"), o.said);
}

BOOST_AUTO_TEST_CASE(a_life_that_begins_anew_in_mid_process_replays) {
  // After a status of another leader revisions go on from what was sent.
  recording_operator op;
  op.start(shop).happens(shop, fact::accepted{"hash", 2, {}});
  op.continues(shop, 7).happens(shop, fact::resumed{});
  op.happens(shop, fact::child_created{child_kind::master_service, "s", "uid-s",
                                       false});
  auto o = replayed(op);
  BOOST_TEST(is_same(o), o.said);
}

BOOST_AUTO_TEST_CASE(each_step_is_shown_with_its_phase_and_its_commands) {
  auto o = replayed(recording_operator().runs_to_the_end(shop));
  BOOST_TEST(o.says("line 4: team-a/shop: 2026-11-23T00:00:03.000000Z "
                    "ChildCreated: Created Service s [Pending]"),
             o.said);
  BOOST_TEST(o.says("    -> create_child MasterJob\n"), o.said);
  BOOST_TEST(o.says("Ended: The test completed successfully [Succeeded]"),
             o.said);
}

BOOST_AUTO_TEST_CASE(a_quiet_replay_prints_only_the_summary) {
  replay_options quiet;
  quiet.quiet = true;
  auto o = replayed(recording_operator().runs_to_the_end(shop), quiet);
  BOOST_TEST(o.said == "7 events of 1 tests replayed: no differences\n");
}

BOOST_AUTO_TEST_CASE(a_restarted_operator_continues_from_the_stored_status) {
  recording_operator op;
  op.start(shop).happens(shop, fact::accepted{"hash", 2, {}});
  op.happens(shop, fact::stored{1});
  op.start(shop).happens(shop, fact::resumed{});
  auto o = replayed(op);
  BOOST_TEST(is_same(o), o.said);
  BOOST_TEST(o.says("line 4: team-a/shop: continues in phase Pending"), o.said);
  BOOST_TEST(o.says("-> create_child MasterService"), o.said);
}

BOOST_AUTO_TEST_CASE(differences_have_line_expected_and_actual) {
  struct row {
    const char* what;
    const char* from;
    const char* to;
    const char* said;
  };
  const row rows[] = {
      {"a phase", R"("phase":"Running")", R"("phase":"Pending")",
       "line 7: team-a/shop: DIFFERENT phase after Running: expected Pending, "
       "got Running"},
      {"a digest", R"("digest":")", R"("digest":"0)",
       "line 7: team-a/shop: DIFFERENT status digest after Running: expected "
       "0"},
      {"a command", "write_status revision 5", "write_status revision 4",
       "line 7: team-a/shop: DIFFERENT commands after Running: expected "
       "write_status revision 4, got write_status revision 5"},
  };
  for (const auto& r : rows) {
    recording_operator op;
    op.runs_to_the_end(shop).forge(7, r.from, r.to);
    auto o = replayed(op);
    BOOST_TEST((o.verdict == replay_verdict::different), r.what);
    BOOST_TEST(o.says(r.said), r.what << ": " << o.said);
    BOOST_TEST(o.says(": 1 difference\n"), o.said);
  }
}

BOOST_AUTO_TEST_CASE(a_lost_event_is_found_by_what_follows_from_it) {
  recording_operator op;
  op.runs_to_the_end(shop).drop(5);
  BOOST_TEST((replayed(op).verdict == replay_verdict::different));
}

BOOST_AUTO_TEST_CASE(a_rotated_journal_is_checked_from_the_next_start_on) {
  recording_operator op;
  op.runs_to_the_end(shop).drop(1).drop(1).start(shop).happens(shop,
                                                               fact::resumed{});
  auto o = replayed(op);
  BOOST_TEST(is_same(o), o.said);
  BOOST_TEST(o.says("line 1: team-a/shop: the journal begins in the middle"),
             o.said);
  BOOST_TEST(o.says("1 events of 1 tests replayed, 6 not compared"), o.said);
}

BOOST_AUTO_TEST_CASE(after_a_gap_each_test_is_checked_from_its_next_start) {
  recording_operator op;
  op.runs_to_the_end(shop).line(R"({"gap":3})");
  op.happens(shop, fact::deleting{})
      .forge(10, R"("phase":"")", R"("phase":"?")");
  auto o = replayed(op);
  BOOST_TEST(is_same(o), o.said);
  BOOST_TEST(o.says("line 9: 3 lines were lost here"), o.said);
  BOOST_TEST(o.says("1 not compared"), o.said);
}

BOOST_AUTO_TEST_CASE(one_test_can_be_picked) {
  recording_operator op;
  op.runs_to_the_end(shop).runs_to_the_end(bank);
  replay_options picked;
  picked.test = "team-b/bank";
  auto o = replayed(op, picked);
  BOOST_TEST(!o.says("team-a/shop"), o.said);
  BOOST_TEST(o.says("7 events of 1 tests"), o.said);
}

BOOST_AUTO_TEST_CASE(an_unreadable_line_is_named_and_ends_the_replay) {
  auto o = replayed("{\"gap\":1}\nnonsense\n", {});
  BOOST_TEST((o.verdict == replay_verdict::unreadable));
  BOOST_TEST(o.says("line 2: not valid JSON at byte"), o.said);
  recording_operator op;
  op.runs_to_the_end(shop).forge(3, R"("kind":"Stored")",
                                 R"("kind":"Stirred")");
  o = replayed(op);
  BOOST_TEST((o.verdict == replay_verdict::unreadable));
  BOOST_TEST(o.says("line 3: unknown kind of event \"Stirred\""), o.said);
}

BOOST_AUTO_TEST_CASE(a_last_line_that_is_cut_off_is_ignored) {
  auto journal = recording_operator().runs_to_the_end(shop).text();
  auto o = replayed(journal.substr(0, journal.size() - 20), {});
  BOOST_TEST(is_same(o), o.said);
  BOOST_TEST(o.says("line 8: truncated, ignored"), o.said);
}

BOOST_AUTO_TEST_SUITE_END()
