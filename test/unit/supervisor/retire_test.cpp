#include "test/unit/supervisor/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>

// When a finished run needs no supervisor, and what a later one makes of what
// was kept (docs/architecture.md#the-life-of-a-test).

using namespace locust;
using namespace locust::testing;

namespace {

const std::string figures = R"({"users":30})";

/// A run that has succeeded and whose status is stored, but not yet observed.
stage finished() {
  auto s = stage::started();
  s.samples(load_sample{true, 3, s.now,
                        std::make_shared<const std::string>(figures)});
  s.completes().shows(the_workers().complete());
  for (int n : {1, 2, 3})
    s.shows(worker_pod(n).exits(0));
  return s.stores();
}

std::string shown_status(const stage& s) {
  return *s.saved.document;
}

/// The LocustTest with this status.
locust_test with_status(const stage& s, const std::string& status) {
  auto test = *s.core.observed().test;
  test.status = std::make_shared<const std::string>(status);
  return test;
}

/// What is offered to take the place of the core, at an input that changes
/// nothing; null for nothing.
std::shared_ptr<const finished_run> offer_of(supervisor_core core,
                                             timestamp now) {
  for (const auto& each :
       core.on_observation(listed{watched_kind::services, "200000"}, now))
    if (const auto* over = std::get_if<effect::retire>(&each))
      return over->run;
  return nullptr;
}

std::shared_ptr<const finished_run> offer_of(const stage& s) {
  return offer_of(s.core, s.now);
}

/// The status that is written by a core that begins with what was kept of the
/// run, and then observes `changed`; empty for none.
std::string written_after(const stage& s, locust_test changed) {
  auto run = *offer_of(s);
  supervisor_core core(rules(operator_settings{}),
                       as_observed(run, s.core.key(), s.core.uid()),
                       run.stored_here);
  core.start(s.now);
  for (auto kind : listed_kinds)
    core.on_observation(listed{kind, "200000"}, s.now);
  changed.resource_version = "200001";
  auto todo = core.on_observation(
      present{std::make_shared<const seen_object>(changed)}, s.now);
  for (const auto& each : todo)
    if (const auto* save = std::get_if<effect::save_status>(&each))
      return *save->document;
  return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(retire)

BOOST_AUTO_TEST_CASE(a_finished_run_retires_when_its_stored_status_is_shown) {
  auto s = finished();
  BOOST_TEST(!offer_of(s));
  s.shows(with_status(s, shown_status(s)));
  auto kept = offer_of(s);
  BOOST_REQUIRE(kept);
  BOOST_TEST(kept->succeeded);
  BOOST_TEST(kept->stored_here);
  BOOST_TEST(is_unchanged(*kept, *s.core.observed().test));
  BOOST_TEST(kept->packed_status.size() < shown_status(s).size() / 2);
}

BOOST_AUTO_TEST_CASE(a_run_whose_jobs_go_on_does_not_retire) {
  auto s = stage::started();
  s.completes().stores();
  s.shows(with_status(s, shown_status(s)));
  BOOST_TEST(!offer_of(s));
  s.shows(the_workers().complete());
  BOOST_TEST(!!offer_of(s));
}

BOOST_AUTO_TEST_CASE(a_run_of_an_earlier_process_retires_after_the_lists) {
  auto s = finished();
  s.passes(record_patience);
  auto test = with_status(s, shown_status(s));
  test.resource_version = "100000";
  supervisor_core core(rules(operator_settings{}),
                       std::make_shared<const locust_test>(test));
  core.start(s.now);
  BOOST_TEST(!offer_of(core, s.now));
  for (auto kind : listed_kinds)
    core.on_observation(listed{kind, "200000"}, s.now);
  auto kept = offer_of(core, s.now);
  BOOST_REQUIRE(kept);
  BOOST_TEST(!kept->stored_here);
}

// The leader may have created a Job that a late watch has yet to show.
BOOST_AUTO_TEST_CASE(a_follower_waits_for_jobs_of_a_run_that_has_just_ended) {
  auto s = finished();
  auto follows = rules(operator_settings{});
  follows.leads = false;
  follows.elects = true;
  auto test = with_status(s, shown_status(s));
  test.resource_version = "100000";
  supervisor_core core(follows, std::make_shared<const locust_test>(test));
  core.start(s.now);
  std::optional<effect::set_timer> timer;
  for (auto kind : listed_kinds)
    for (const auto& each : core.on_observation(listed{kind, "200000"}, s.now))
      if (const auto* set = std::get_if<effect::set_timer>(&each))
        timer = *set;
  BOOST_TEST(!offer_of(core, s.now));
  BOOST_REQUIRE(timer);
  BOOST_TEST(timer->delay.count() ==
             std::chrono::microseconds(record_patience).count());
  core.on_timer(look_again{timer->generation}, s.now + timer->delay);
  BOOST_TEST(!!offer_of(core, s.now + timer->delay));
}

BOOST_AUTO_TEST_CASE(a_status_that_somebody_else_changes_is_written_again) {
  auto s = finished();
  auto good = shown_status(s);
  s.shows(with_status(s, good));
  BOOST_TEST(written_after(s, with_status(s, good)).empty());
  auto written = written_after(s, with_status(s, R"({"phase":"Running"})"));
  BOOST_TEST(own_part_of(written) == own_part_of(good));
  BOOST_TEST(written.find(R"("load":{"users":30,"sampledAt":)") !=
             std::string::npos);
  BOOST_TEST(own_part_of(written_after(s, with_status(s, ""))) ==
             own_part_of(good));
}

BOOST_AUTO_TEST_CASE(a_history_that_was_made_up_is_not_believed) {
  auto s = finished();
  auto good = shown_status(s);
  s.shows(with_status(s, good));
  auto forged = R"({"phase":"Running","history":[{"sequence":99,"time":)"
                R"("2027-01-01T00:00:00Z","kind":"Running"}]})";
  BOOST_TEST(own_part_of(written_after(s, with_status(s, forged))) ==
             own_part_of(good));
}

BOOST_AUTO_TEST_CASE(a_run_retires_only_when_nobody_spoils_its_status) {
  auto s = finished();
  auto good = shown_status(s);
  s.shows(with_status(s, R"({"phase":"Running"})")).stores();
  s.shows(with_status(s, good));
  // The next repair has to wait longer.
  BOOST_TEST(!offer_of(s));
  s.passes(status_guard::calm_after + 1s);
  BOOST_TEST(!!offer_of(s));
}

BOOST_AUTO_TEST_CASE(a_test_that_is_being_deleted_does_not_retire) {
  auto s = finished();
  auto leaving = with_status(s, shown_status(s));
  leaving.deleting = true;
  s.shows(leaving);
  BOOST_TEST(!offer_of(s));
}

BOOST_AUTO_TEST_SUITE_END()
