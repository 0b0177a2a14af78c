#include "actors/event_recorder/event_recorder_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

struct fixture : test::actor_fixture {
  void record(const std::string& message) {
    record_event x;
    x.test = {"ns", "t"};
    x.test_uid = "uid";
    x.event = {severity::normal, "Created", message, ++sequence};
    tell(recorder, x);
  }

  std::vector<api_request>& requests() {
    return api.received<api_request>();
  }

  uint64_t sequence = 0;
  test::mock<api_client_actor> api{*this};
  event_recorder_actor recorder = keep(spawn_event_recorder(system, api));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_recorder_actor_, fixture)

BOOST_AUTO_TEST_CASE(an_event_is_posted_and_an_equal_one_patched) {
  record("Created Service x");
  BOOST_TEST_REQUIRE(requests().size() == 1u);
  BOOST_TEST((requests()[0].verb == http_verb::post));
  api.reply<api_request>(answer(201));
  record("Created Service x");
  BOOST_TEST_REQUIRE(requests().size() == 2u);
  BOOST_TEST((requests()[1].verb == http_verb::merge_patch));
  BOOST_TEST(requests()[1].body->find(R"("count":2)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lost_event_is_posted_again_ten_seconds_later) {
  record("Created Service x");
  api.reply<api_request>(answer(0));
  advance(9s);
  BOOST_TEST(requests().size() == 1u);
  advance(1s);
  BOOST_TEST(requests().size() == 2u);
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  advance(10s);
  BOOST_TEST(requests().size() == 3u);
}

BOOST_AUTO_TEST_CASE(more_than_fit_go_as_others_are_done) {
  for (int i = 0; i < 10; ++i)
    record("Created " + std::to_string(i));
  BOOST_TEST(requests().size() == 8u);
  api.reply<api_request>(answer(201));
  BOOST_TEST(requests().size() == 9u);
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_no_events_costs_only_the_events) {
  for (int i = 0; i < 12; ++i) {
    record("Created " + std::to_string(i));
    if (api.unanswered<api_request>() > 0)
      api.reply<api_request>(answer(403));
  }
  advance(10min);
  BOOST_TEST(alive(recorder));
  BOOST_TEST(api.unanswered<api_request>() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
