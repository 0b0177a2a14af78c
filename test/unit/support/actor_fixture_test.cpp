#include "protocol/messages.hpp"
#include "test/unit/support/actor_fixture.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

struct fixture : test::actor_fixture {
  test::mock<api_client_actor> api{*this};
  test::mock<supervisor_actor> supervisor{*this};
};

/// An actor with a timer each second.
caf::behavior striking(caf::event_based_actor* self,
                       std::shared_ptr<std::vector<caf::timespan>> at) {
  auto start = self->clock().now();
  self->delayed_send(self, 1s, sample_tick{});
  return {[=](const sample_tick&) {
    at->push_back(self->clock().now() - start);
    self->delayed_send(self, 1s, sample_tick{});
  }};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(actor_fixture, fixture)

BOOST_AUTO_TEST_CASE(a_mock_records_what_it_is_sent) {
  tell(supervisor.handle(), load_sample{true, 3, {}});
  BOOST_TEST_REQUIRE(supervisor.received<load_sample>().size() == 1u);
  BOOST_TEST(supervisor.received<load_sample>()[0].workers == 3);
  BOOST_TEST(supervisor.received<status_saved>().empty());
}

BOOST_AUTO_TEST_CASE(a_mock_answers_on_request_and_in_any_order) {
  auto first = ask<api_response>(api.handle(), api_request{});
  auto second = ask<api_response>(api.handle(), api_request{});
  BOOST_TEST(api.unanswered<api_request>() == 2u);
  api.reply<api_request>(test::answer(201), 1);
  BOOST_TEST(!first->has_value());
  BOOST_TEST((*second)->status == 201);
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  BOOST_TEST(!first->has_value());
  BOOST_TEST(api.unanswered<api_request>() == 0u);
}

BOOST_AUTO_TEST_CASE(timers_set_by_timers_fire_in_between) {
  auto at = std::make_shared<std::vector<caf::timespan>>();
  auto start = scheduler.clock().now();
  auto clock = keep(system.spawn(striking, at));
  advance(3500ms);
  BOOST_TEST_REQUIRE(at->size() == 3u);
  BOOST_TEST(((*at)[2] == 3s));
  BOOST_TEST((scheduler.clock().now() - start == 3500ms));
  BOOST_TEST(alive(clock));
  caf::anon_send_exit(clock, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(!alive(clock));
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_does_not_hang_the_system) {
  auto answer = ask<api_response>(api.handle(), api_request{});
  BOOST_TEST(!answer->has_value());
}

BOOST_AUTO_TEST_SUITE_END()
