#include "actors/operator/health_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

struct fixture : test::actor_fixture {
  void start() {
    health = keep(spawn_health(
        system, {{{"recorder", caf::actor_cast<caf::actor>(recorder.handle())}},
                 gateway,
                 [this] {
                   ++lost;
                 }}));
    run();
  }

  size_t reports() {
    return gateway.received<actors_alive>().size();
  }

  test::mock<event_recorder_actor> recorder{*this};
  test::mock<gateway_actor> gateway{*this};
  health_actor health;
  int lost = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(watching_over_actors, fixture)

BOOST_AUTO_TEST_CASE(actors_that_answer_are_reported_alive_in_every_round) {
  start();
  BOOST_TEST(reports() == 1u);
  advance(ask_interval);
  BOOST_TEST(reports() == 2u);
  BOOST_TEST(lost == 0);
}

BOOST_AUTO_TEST_CASE(an_actor_that_dies_ends_the_process) {
  start();
  caf::anon_send_exit(recorder.handle(), caf::exit_reason::kill);
  run();
  BOOST_TEST(lost == 1);
  advance(2 * ask_interval);
  BOOST_TEST(reports() == 1u);
}

BOOST_AUTO_TEST_CASE(an_actor_that_has_died_before_ends_the_process) {
  caf::anon_send_exit(recorder.handle(), caf::exit_reason::kill);
  run();
  start();
  BOOST_TEST(lost == 1);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_stop_is_no_fault) {
  start();
  caf::anon_send_exit(health, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(recorder.handle(), caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(lost == 0);
}

BOOST_AUTO_TEST_SUITE_END()
