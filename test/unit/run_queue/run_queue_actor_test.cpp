#include "actors/run_queue/run_queue.hpp"
#include "actors/run_queue/run_queue_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

struct fixture : test::actor_fixture {
  test::mock<resource_builder_actor> builder{*this};
  run_queue_actor queue = keep(spawn_run_queue(system, builder));

  static build_child order(const std::string& name, bool begun = false) {
    build_child x;
    x.test = {"perf", name};
    x.test_uid = "uid-" + name;
    x.child = child_kind::master_job;
    x.begun = begun;
    return x;
  }

  auto build(const build_child& x) {
    return ask<child_result>(queue, x);
  }

  void answer(const std::string& uid) {
    child_result made;
    made.what = child_result::outcome::created;
    made.uid = uid;
    builder.reply<build_child>(made);
  }

  /// Fills all places of the namespace.
  void fill() {
    for (size_t i = 0; i < run_queue::most_per_namespace; ++i)
      build(order("busy-" + std::to_string(i)));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(run_queue_shell, fixture)

BOOST_AUTO_TEST_CASE(an_answer_goes_to_who_asked) {
  auto a = build(order("a"));
  auto b = build(order("b"));
  answer("uid-of-a");
  BOOST_REQUIRE(a->has_value());
  BOOST_TEST((*a)->uid == "uid-of-a");
  BOOST_TEST(!b->has_value());
}

BOOST_AUTO_TEST_CASE(what_has_begun_overtakes_what_waits) {
  fill();
  build(order("new"));
  build(order("begun", true));
  BOOST_TEST(builder.received<build_child>().size() ==
             run_queue::most_per_namespace);
  answer("1");
  BOOST_TEST(builder.received<build_child>().back().test.name == "begun");
}

BOOST_AUTO_TEST_CASE(a_stop_waits_for_what_is_in_progress_and_starts_no_more) {
  fill();
  build(order("late"));
  auto done = ask<bool>(queue, stop_request{});
  for (size_t i = 1; i < run_queue::most_per_namespace; ++i)
    answer(std::to_string(i));
  BOOST_TEST(!done->has_value());
  answer("last");
  BOOST_TEST(done->has_value());
  BOOST_TEST(builder.received<build_child>().size() ==
             run_queue::most_per_namespace);
  BOOST_TEST(ask<bool>(queue, stop_request{})->has_value());
}

BOOST_AUTO_TEST_CASE(however_long_it_waits_nothing_is_asked_for_twice) {
  fill();
  auto late = build(order("late"));
  advance(1h);
  BOOST_TEST(!late->has_value());
  answer("1");
  BOOST_TEST(builder.received<build_child>().back().test.name == "late");
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_test_that_is_deleted_is_not_created) {
  fill();
  auto dropped = build(order("gone"));
  tell(queue, forget_run{"uid-gone"});
  BOOST_REQUIRE(dropped->has_value());
  BOOST_TEST(((*dropped)->what == child_result::outcome::failed));
  answer("1");
  BOOST_TEST(builder.received<build_child>().size() ==
             run_queue::most_per_namespace);
}

BOOST_AUTO_TEST_CASE(a_builder_that_fails_gives_its_place_back) {
  fill();
  build(order("next"));
  builder.reply_error<build_child>(
      caf::make_error(caf::sec::request_receiver_down));
  BOOST_TEST(builder.received<build_child>().back().test.name == "next");
}

BOOST_AUTO_TEST_SUITE_END()
