#include "actors/load_sampler/load_sampler_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

const std::string worker_port = "http://10.0.0.1:5557";

api_response refusal() {
  auto refused = answer(0);
  refused.refused = true;
  return refused;
}

struct fixture : test::actor_fixture {
  void follow(const std::string& url, int32_t workers = 2) {
    tell(sampler,
         follow_master{"uid", {url, worker_port, workers, false}, supervisor});
  }

  std::vector<api_request>& requests() {
    return api.received<api_request>();
  }

  std::vector<load_sample>& samples() {
    return supervisor.received<load_sample>();
  }

  test::mock<api_client_actor> api{*this};
  test::mock<supervisor_actor> supervisor{*this};
  load_sampler_actor sampler = keep(spawn_load_sampler(system, api));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(load_sampler_actor_, fixture)

BOOST_AUTO_TEST_CASE(samples_of_the_master_reach_the_supervisor) {
  follow("http://10.0.0.1:8089/base");
  BOOST_TEST_REQUIRE(requests().size() == 1u);
  BOOST_TEST((requests()[0].verb == http_verb::get));
  BOOST_TEST((requests()[0].in == lane::load));
  BOOST_TEST((requests()[0].deadline == 2s));
  BOOST_TEST(requests()[0].target ==
             "http://10.0.0.1:8089/base/stats/requests");
  api.reply<api_request>(answer(200, R"({"worker_count":1})"));
  BOOST_TEST_REQUIRE(samples().size() == 1u);
  BOOST_TEST(samples()[0].reachable);
  BOOST_TEST(samples()[0].workers == 1);
  BOOST_TEST((samples()[0].at > timestamp{}));
  advance(2s);
  BOOST_TEST_REQUIRE(requests().size() == 2u);
  api.reply<api_request>(answer(200, R"({"worker_count":2,"state":"running",
      "workers":[{"id":"a_1"},{"id":"a_2"}]})"));
  BOOST_TEST_REQUIRE(samples().size() == 2u);
  BOOST_TEST(samples()[1].pods.value_or(0) == 1);
  BOOST_TEST((samples()[1].state == master_state::load));
  BOOST_TEST_REQUIRE(samples()[1].figures != nullptr);
  BOOST_TEST(*samples()[1].figures ==
             R"({"state":"running","workers":{"connected":2,"missing":0,)"
             R"("overloaded":0}})");
  advance(2s);
  BOOST_TEST_REQUIRE(requests().size() == 3u);
  api.reply<api_request>(
      answer(200, R"({"worker_count":2,"state":"running"})"));
  advance(2s);
  BOOST_TEST(requests().size() == 4u);
}

BOOST_AUTO_TEST_CASE(whatever_is_not_an_answer_is_unreachable) {
  const api_response rows[] = {
      answer(0),
      answer(302),
      answer(401, "log in"),
      answer(404),
      answer(500),
      answer(200, "<html>"),
      answer(200, R"({"state":"running"})"),
  };
  for (const auto& row : rows) {
    samples().clear();
    follow("http://" + std::to_string(row.status) + *row.body);
    api.reply<api_request>(row);
    BOOST_TEST_REQUIRE(samples().empty());
    BOOST_TEST(requests().back().connect_only);
    BOOST_TEST(requests().back().target == worker_port);
    api.reply<api_request>(answer(204));
    BOOST_TEST_REQUIRE(samples().size() == 1u);
    BOOST_TEST(!samples()[0].reachable);
    BOOST_TEST(samples()[0].workers == 0);
    BOOST_TEST(samples()[0].listens);
    BOOST_TEST(!samples()[0].refused);
  }
}

BOOST_AUTO_TEST_CASE(a_missing_web_ui_is_told_from_a_silent_one) {
  follow("http://10.0.0.1:8089");
  api.reply<api_request>(refusal());
  api.reply<api_request>(answer(204));
  BOOST_TEST_REQUIRE(samples().size() == 1u);
  BOOST_TEST(samples()[0].listens);
  BOOST_TEST(samples()[0].refused);
  advance(2s);
  api.reply<api_request>(refusal());
  api.reply<api_request>(refusal());
  BOOST_TEST_REQUIRE(samples().size() == 2u);
  BOOST_TEST(!samples()[1].listens);
}

BOOST_AUTO_TEST_CASE(a_master_without_a_web_ui_is_only_connected_to) {
  follow("");
  BOOST_TEST_REQUIRE(requests().size() == 1u);
  BOOST_TEST(requests()[0].connect_only);
  BOOST_TEST(requests()[0].target == worker_port);
  BOOST_TEST((requests()[0].in == lane::load));
  api.reply<api_request>(answer(204));
  BOOST_TEST_REQUIRE(samples().size() == 1u);
  BOOST_TEST(!samples()[0].reachable);
  BOOST_TEST(samples()[0].listens);
  BOOST_TEST(!samples()[0].refused);
}

BOOST_AUTO_TEST_CASE(behind_the_api_server_only_the_web_api_is_asked) {
  const std::string path = "/api/v1/namespaces/n/pods/p:8089/proxy";
  tell(sampler, follow_master{"uid", {path, "", 2, false}, supervisor});
  BOOST_TEST_REQUIRE(requests().size() == 1u);
  BOOST_TEST(requests()[0].target == path + "/stats/requests");
  api.reply<api_request>(answer(403, R"({"kind":"Status","code":403,"message":
      "user x cannot get resource pods/proxy"})"));
  BOOST_TEST_REQUIRE(samples().size() == 1u);
  BOOST_TEST(!samples()[0].reachable);
  BOOST_TEST(!samples()[0].listens);
  BOOST_TEST(!samples()[0].refused);
  BOOST_TEST(samples()[0].why == "403 user x cannot get resource pods/proxy");
  advance(2s);
  api.reply<api_request>(answer(503, R"({"kind":"Status","message":
      "dial tcp 10.0.0.1:8089: connect: connection refused"})"));
  BOOST_TEST_REQUIRE(samples().size() == 2u);
  BOOST_TEST(samples()[1].refused);
}

BOOST_AUTO_TEST_CASE(why_there_is_no_answer_is_told) {
  const std::pair<api_response, const char*> rows[] = {
      {answer(200, "<html>"), "its answer has no statistics of Locust"},
      {answer(302), "it redirects the operator, for example to a log-in"},
      {no_answer("no answer from a:1 within 2 s"),
       "no answer from a:1 within 2 s"},
  };
  for (const auto& [response, why] : rows) {
    samples().clear();
    follow(std::string("http://") + why);
    api.reply<api_request>(response);
    api.reply<api_request>(answer(204));
    BOOST_TEST_REQUIRE(samples().size() == 1u);
    BOOST_TEST(samples()[0].why == why);
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_is_unreachable_too) {
  follow("http://10.0.0.1:8089");
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  BOOST_TEST_REQUIRE(samples().size() == 1u);
  BOOST_TEST(!samples()[0].reachable);
  BOOST_TEST(!samples()[0].listens);
  advance(2s);
  BOOST_TEST(requests().size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_late_answer_of_an_earlier_master_is_dropped) {
  follow("http://10.0.0.1:8089");
  follow("http://10.0.0.2:8089");
  BOOST_TEST(requests().size() == 2u);
  api.reply<api_request>(answer(200, R"({"worker_count":7})"));
  BOOST_TEST(samples().empty());
  api.reply<api_request>(answer(200, R"({"worker_count":1})"));
  BOOST_TEST_REQUIRE(samples().size() == 1u);
  BOOST_TEST(samples()[0].workers == 1);
}

BOOST_AUTO_TEST_CASE(after_unfollowing_nothing_is_sampled_or_reported) {
  follow("http://10.0.0.1:8089");
  tell(sampler, unfollow_master{"uid"});
  api.reply<api_request>(answer(200, R"({"worker_count":7})"));
  advance(1min);
  BOOST_TEST(samples().empty());
  BOOST_TEST(requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(many_masters_share_one_timer) {
  for (int i = 0; i < 10; ++i)
    tell(sampler, follow_master{"u" + std::to_string(i),
                                {"http://x", worker_port, 0, false},
                                supervisor});
  for (int i = 0; i < 10; ++i)
    api.reply<api_request>(answer(200, R"({"worker_count":0})"));
  using clock = caf::detail::simple_actor_clock;
  const auto& timers = scheduler.clock().schedule();
  BOOST_TEST(std::count_if(timers.begin(), timers.end(), [](const auto& x) {
               return x.second->subtype == clock::actor_msg_type;
             }) == 1);
  advance(2s);
  BOOST_TEST(requests().size() == 20u);
}

BOOST_AUTO_TEST_SUITE_END()
