#include "actors/supervisor/supervisor_core.hpp"
#include "protocol/json.hpp"
#include "test/unit/supervisor/props.hpp"
#include "test/unit/support/core_mirror.hpp"

// The report of a run: docs/behaviour/lifecycle.md#report.

using namespace locust;
using namespace locust::testing;

namespace {

const std::string address = "http://10.0.0.9:8089";
const std::string collecting =
    "The load has stopped; the report is being collected";
const std::string stopped =
    "The load has stopped; the Locust master is still up";

/// A core, and what it wants of the keeper of reports.
struct run {
  explicit run(bool keeps = true, const std::string& found = "")
      : core(rules(keeps), the_test(1, found)) {
    take(core.start(now));
    if (found.empty())
      lists();
  }

  run& lists() {
    for (auto kind : listed_kinds)
      take(core.on_observation(listed{kind, "9", {}}, now));
    return *this;
  }

  static supervisor_rules rules(bool keeps) {
    auto made = testing::rules(std::optional<int32_t>{});
    made.keeps_reports = keeps;
    return made;
  }

  template <class Seen>
  run& shows(Seen seen) {
    seen.resource_version = std::to_string(++version);
    return take(core.on_observation(
        present{std::make_shared<const seen_object>(std::move(seen))}, now));
  }

  /// The children exist, and the master runs at `ip`.
  run& launches(const std::string& ip = "10.0.0.9") {
    shows(the_service());
    shows(the_master().active(1).seen);
    shows(the_workers().active(3).ready(3).seen);
    auto pod = master_pod().runs().seen;
    pod.ip = ip;
    return shows(pod);
  }

  run& creates() {
    stores();
    for (auto child : per_child<bool>::keys()) {
      child_result answer;
      answer.child = child;
      answer.what = child_result::outcome::created;
      answer.name = child_name("load", child);
      answer.uid =
          per_child<std::string>{{service_uid, master_uid, worker_uid}}[child];
      take(core.on_child_result(answer, now));
    }
    return launches();
  }

  run& samples(master_state state) {
    now += 1s;
    return take(core.on_load_sample({true, 3, now, {}, {}, state}, now));
  }

  run& settles(const report_result& found) {
    now += 1s;
    return take(core.on_report_settled(found, now));
  }

  run& completes() {
    return shows(master_pod().exits(0).seen)
        .shows(the_master().complete().seen);
  }

  run& stores() {
    return take(core.on_status_saved({document, "10"}, now));
  }

  run& take(const supervisor_effects& effects) {
    for (const auto& each : effects) {
      if (const auto* save = std::get_if<effect::save_status>(&each)) {
        document = save->revision;
        urgent = save->urgent;
        status = *save->document;
      } else if (const auto* ask = std::get_if<effect::keep_report>(&each)) {
        asked.push_back(ask->web_url);
      }
      dropped += std::holds_alternative<effect::drop_report>(each) ? 1 : 0;
      retired += std::holds_alternative<effect::retire>(each) ? 1 : 0;
    }
    mirror.follow(core, effects);
    return *this;
  }

  /// What the stored status says of the report, as JSON.
  std::string shown() const {
    auto doc = json::parse(status);
    const auto* report = json::find(*doc, {"result", "report"});
    return report == nullptr ? "" : R"({"report":)" + json::dump(*report) + '}';
  }

  std::string said() const {
    return find(core.state(), condition_type::test_completed)->message;
  }

  timestamp now = noon;
  supervisor_core core;
  core_mirror mirror;
  std::vector<std::string> asked;
  int dropped = 0;
  int retired = 0;
  uint64_t document = 0;
  bool urgent = false;
  std::string status;
  int version = 100;
};

/// A run whose load has stopped.
run over(bool keeps = true) {
  run r(keeps);
  r.creates().samples(master_state::load).samples(master_state::stopped);
  return r;
}

/// Another process, with the status of the first one, before any list.
run restarted(const run& r, bool keeps = true) {
  return run(keeps, r.status);
}

const report_result kept{"load-report", "", ""};

} // namespace

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(a_report_is_collected_when_the_load_has_stopped) {
  run r;
  r.creates().samples(master_state::ready).samples(master_state::load);
  BOOST_TEST(r.asked.empty());
  r.samples(master_state::stopped);
  BOOST_TEST(r.asked == std::vector<std::string>{address});
  BOOST_TEST(r.said() == collecting);
  r.samples(master_state::stopped);
  BOOST_TEST(r.asked.size() == 1u);
  r.settles(kept);
  BOOST_TEST(!r.urgent);
  BOOST_TEST(r.said() == stopped);
  BOOST_TEST(r.shown() == R"({"report":{"configMap":"load-report"}})");
  r.completes();
  BOOST_TEST(r.dropped == 0);
  BOOST_TEST(r.shown() == R"({"report":{"configMap":"load-report"}})");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_shown) {
  auto r = over();
  r.settles({"load-report", "report.html, failures.csv", "no room"});
  BOOST_TEST(r.shown() == R"({"report":{"configMap":"load-report",)"
                          R"("omitted":["report.html","failures.csv"],)"
                          R"("message":"no room"}})");
}

BOOST_AUTO_TEST_CASE(without_reports_nothing_is_collected) {
  auto r = over(false);
  BOOST_TEST(r.asked.empty());
  BOOST_TEST(r.said() == stopped);
  BOOST_TEST(r.shown().empty());
}

BOOST_AUTO_TEST_CASE(the_verdict_does_not_wait_for_the_report) {
  auto r = over();
  r.completes();
  BOOST_TEST(std::string(phase_name(r.core.state())) == "Succeeded");
  BOOST_TEST(r.dropped == 1);
  BOOST_TEST(r.stores().shown().empty());
  r.settles(kept);
  BOOST_TEST(r.urgent);
  BOOST_TEST(r.shown() == R"({"report":{"configMap":"load-report"}})");
  BOOST_TEST(std::string(phase_name(r.core.state())) == "Succeeded");
  BOOST_TEST(r.said() == "Test completed successfully");
}

BOOST_AUTO_TEST_CASE(a_run_is_kept_in_memory_until_its_report_is_settled) {
  auto ended = [](bool settled) {
    auto r = over();
    if (settled)
      r.settles(kept);
    for (int n : {1, 2, 3})
      r.shows(worker_pod(n).exits(0).seen);
    r.completes().shows(the_workers().complete().seen).stores();
    auto shown = *r.core.observed().test;
    shown.status = std::make_shared<const std::string>(r.status);
    shown.resource_version = "10";
    r.take(r.core.on_observation(
        present{std::make_shared<const seen_object>(shown)}, r.now));
    return r;
  };
  BOOST_TEST(ended(true).retired > 0);
  auto r = ended(false);
  BOOST_TEST(r.retired == 0);
  r.settles(kept).stores();
  auto shown = *r.core.observed().test;
  shown.status = std::make_shared<const std::string>(r.status);
  r.take(r.core.on_observation(
      present{std::make_shared<const seen_object>(shown)}, r.now));
  BOOST_TEST(r.retired > 0);
}

BOOST_AUTO_TEST_CASE(the_address_of_an_ended_master_is_dropped) {
  auto r = over();
  auto pod = master_pod().runs().seen;
  pod.ip = "10.0.0.10";
  r.shows(pod);
  BOOST_TEST(r.dropped == 1);
  r.samples(master_state::stopped);
  BOOST_TEST(r.dropped == 1);
}

BOOST_AUTO_TEST_CASE(the_first_report_stays) {
  auto r = over();
  r.settles(kept).samples(master_state::load).samples(master_state::stopped);
  BOOST_TEST(r.asked.size() == 1u);
  BOOST_TEST(r.said() == stopped);
}

BOOST_AUTO_TEST_CASE(after_a_failure_the_next_load_has_another_chance) {
  auto r = over();
  r.settles({{}, {}, "not permitted"});
  BOOST_TEST(r.shown() == R"({"report":{"message":"not permitted"}})");
  r.samples(master_state::load).samples(master_state::stopped);
  BOOST_TEST(r.asked.size() == 2u);
  r.settles(kept);
  BOOST_TEST(r.shown() == R"({"report":{"configMap":"load-report"}})");
}

BOOST_AUTO_TEST_CASE(a_load_that_begins_meanwhile_does_not_ask_twice) {
  auto r = over();
  r.samples(master_state::load).samples(master_state::stopped);
  BOOST_TEST(r.asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_restarted_operator_collects_what_is_not_settled) {
  auto r = over();
  auto next = restarted(r);
  next.launches().lists();
  BOOST_TEST(next.asked == std::vector<std::string>{address});
  BOOST_TEST(next.said() == collecting);
  next.settles(kept);
  auto last = restarted(next);
  last.launches().lists();
  BOOST_TEST(last.asked.empty());
}

BOOST_AUTO_TEST_CASE(what_nobody_can_collect_any_more_is_given_up) {
  const std::string why =
      R"({"report":{"message":"the operator was restarted while it was )"
      R"(collected, and cannot ask the Locust master now"}})";
  auto off = restarted(over(), false);
  off.launches().lists();
  BOOST_TEST(off.asked.empty());
  BOOST_TEST(off.said() == stopped);
  BOOST_TEST(off.shown() == why);
  auto r = over();
  r.completes();
  auto late = restarted(r);
  late.lists();
  BOOST_TEST(late.asked.empty());
  BOOST_TEST(late.shown() == why);
  BOOST_TEST(std::string(phase_name(late.core.state())) == "Succeeded");
}

BOOST_AUTO_TEST_CASE(a_test_that_is_being_deleted_shows_nothing_more) {
  auto r = over();
  auto test = *r.core.observed().test;
  test.deleting = true;
  r.shows(test);
  auto document = r.document;
  r.settles(kept);
  BOOST_TEST(r.document == document);
}

BOOST_AUTO_TEST_SUITE_END()
