#include "actors/leader/leader_actor.hpp"
#include "lease_server.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace locust;
using namespace std::chrono_literals;

namespace {

const lease_record others{"other", 15, "a", "r0", 3};

struct fixture : test::actor_fixture {
  /// Answers requests until there are no more.
  void serve() {
    while (api.unanswered<api_request>() > 0) {
      auto x = api.received<api_request>().at(answered++);
      api.reply<api_request>(x.target.ends_with("/events")
                                 ? test::answer(201)
                                 : server.answer_to(x));
    }
  }

  void start() {
    leader = keep(spawn_leader(
        system, {{"ns", "me", 15s, 10s, 2s},
                 api,
                 main,
                 root,
                 [this] {
                   auto now = scheduler.clock().now().time_since_epoch();
                   return election_time{boot_time{now}, timestamp{}};
                 },
                 [this](const std::string& why) { lost.push_back(why); },
                 1}));
    run();
    serve();
  }

  /// Advances the time and answers requests at once.
  void live(std::chrono::seconds time) {
    for (auto end = scheduler.clock().now() + time;
         scheduler.clock().now() < end; serve())
      advance(500ms);
  }

  void show_change() {
    auto line = server.line() + "\n";
    auto half = line.size() / 2;
    auto id = api.received<open_stream>().back().id;
    for (const auto& part : {line.substr(0, half), line.substr(half)})
      tell(leader, stream_data{id, std::make_shared<const std::string>(part)});
    serve();
  }

  size_t wins() {
    return root.received<leadership>().size();
  }

  test::lease_server server;
  size_t answered = 0;
  std::vector<std::string> lost;
  test::mock<api_client_actor> api{*this};
  test::mock<api_client_actor> main{*this};
  test::mock<operator_actor> root{*this};
  leader_actor leader;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leader_actor_, fixture)

BOOST_AUTO_TEST_CASE(the_leader_permits_writes_before_it_is_reported) {
  start();
  BOOST_TEST(wins() == 1u);
  BOOST_REQUIRE(main.received<write_permit>().size() == 1u);
  BOOST_TEST((main.received<write_permit>()[0].until ==
              boot_time{scheduler.clock().now().time_since_epoch()} + 10s));
  BOOST_TEST(api.received<api_request>().back().target ==
             "/api/v1/namespaces/ns/events");
  live(20s);
  BOOST_TEST(wins() == 1u);
  BOOST_TEST(main.received<write_permit>().size() == 11u);
  BOOST_TEST(lost.empty());
}

BOOST_AUTO_TEST_CASE(a_follower_acquires_a_released_lease) {
  server.put(others);
  start();
  BOOST_TEST(wins() == 0u);
  BOOST_REQUIRE(api.received<open_stream>().size() == 1u);
  live(5s);
  auto before = api.received<api_request>().size();
  server.put({"", 1, "a", "r1", 3});
  show_change();
  BOOST_TEST(wins() == 1u);
  BOOST_TEST(api.received<close_stream>().size() == 1u);
  BOOST_TEST(api.received<api_request>().size() - before == 3u);
}

BOOST_AUTO_TEST_CASE(a_watch_that_closes_is_opened_again) {
  server.put(others);
  start();
  auto id = api.received<open_stream>().back().id;
  tell(leader, stream_closed{id, 200, {}, {}, {}});
  server.renew("r1");
  live(5s);
  BOOST_REQUIRE(api.received<open_stream>().size() == 2u);
  BOOST_TEST(api.received<open_stream>().back().id != id);
  tell(leader, stream_closed{id, 200, {}, {}, {}}); // an echo of the first
  live(5s);
  BOOST_TEST(api.received<open_stream>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_leader_without_answers_ends_the_process_in_time) {
  start();
  advance(10s - 1ms);
  BOOST_TEST(lost.empty());
  advance(1ms);
  BOOST_REQUIRE(lost.size() == 1u);
  BOOST_TEST(lost[0] == "the Lease could not be renewed in time");
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_counts_as_no_answer) {
  server.put(others);
  start();
  live(16s);
  BOOST_TEST(wins() == 1u);
  advance(2s);
  api.reply_error<api_request>(
      caf::make_error(caf::sec::request_receiver_down));
  ++answered;
  live(2s);
  BOOST_TEST(lost.empty());
}

BOOST_AUTO_TEST_CASE(a_stop_releases_and_ends) {
  start();
  live(3s);
  auto done = ask<bool>(leader, stop_request{});
  BOOST_TEST(!done->has_value());
  serve();
  BOOST_TEST((*done == true));
  BOOST_TEST(server.lease->record.holder == "");
  BOOST_TEST(!alive(leader));
  BOOST_TEST(lost.empty());
}

BOOST_AUTO_TEST_CASE(identities_are_unique) {
  std::set<std::string> all;
  for (int i = 0; i < 10; ++i)
    all.insert(make_identity().value());
  BOOST_TEST(all.size() == 10u);
  for (const auto& one : all)
    BOOST_TEST(one.size() - one.rfind('_') == 37u, one);
}

BOOST_AUTO_TEST_SUITE_END()
