#include "actors/supervisor/supervisor_actor.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

using outcome = child_result::outcome;

struct fixture : test::actor_fixture {
  test::mock<api_client_actor> client{*this};
  test::mock<resource_builder_actor> builder{*this};
  test::mock<status_writer_actor> writer{*this};
  test::mock<event_recorder_actor> recorder{*this};
  test::mock<load_sampler_actor> sampler{*this};
  timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

  std::shared_ptr<const supervisor_setup> setup() {
    auto made = std::make_shared<supervisor_setup>();
    made->client = client;
    made->builder = builder;
    made->writer = writer;
    made->recorder = recorder;
    made->sampler = sampler;
    made->settings = std::make_shared<const operator_settings>();
    made->now = [this] {
      return now;
    };
    return made;
  }

  static std::shared_ptr<const locust_test> shop(std::string status = {}) {
    auto made = std::make_shared<locust_test>();
    made->key = {"perf", "shop"};
    made->uid = "u1";
    made->resource_version = "7";
    made->generation = 1;
    made->spec = std::make_shared<const std::string>(
        R"({"master":{"command":"-f a.py"},"worker":{"replicas":2}})");
    if (!status.empty())
      made->status = std::make_shared<const std::string>(std::move(status));
    return made;
  }

  supervisor_actor start(std::shared_ptr<const locust_test> test) {
    return keep(spawn_supervisor(system, setup(), std::move(test)));
  }

  void finish_lists(const supervisor_actor& supervisor) {
    for (auto kind :
         {watched_kind::services, watched_kind::jobs, watched_kind::pods})
      tell(supervisor, observation{listed{kind, "9", {}}});
  }

  /// Confirms the newest status that was sent.
  void store(const supervisor_actor& supervisor) {
    auto& sent = writer.received<save_status>();
    BOOST_REQUIRE(!sent.empty());
    tell(supervisor, status_saved{sent.back().revision, "10"});
  }

  void create(child_kind child) {
    BOOST_REQUIRE(builder.unanswered<build_child>() == 1u);
    BOOST_TEST((builder.received<build_child>().back().child == child));
    child_result answer;
    answer.child = child;
    answer.what = outcome::created;
    answer.name = child_name("shop", child);
    answer.uid = "uid-" + std::string(to_string(child));
    answer.resource_version = "11";
    builder.reply<build_child>(std::move(answer));
  }

  static api_response answer(int status) {
    api_response made;
    made.status = status;
    made.body = std::make_shared<const std::string>();
    return made;
  }

  static std::string phase(const save_status& sent) {
    auto doc = json::parse(*sent.document);
    return doc ? json::text_at(*doc, {"phase"}) : "unreadable";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_shell, fixture)

BOOST_AUTO_TEST_CASE(nothing_happens_before_the_lists_are_complete) {
  auto supervisor = start(shop());
  run();
  BOOST_TEST(writer.received<save_status>().empty());
  finish_lists(supervisor);
  BOOST_TEST(writer.received<save_status>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_run_is_created_before_the_intent_is_stored) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  create(child_kind::master_service);
  BOOST_TEST(builder.received<build_child>().size() == 1u);
  store(supervisor);
  BOOST_TEST(builder.received<build_child>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(children_are_created_in_order_and_told_of_when_stored) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  store(supervisor);
  create(child_kind::master_service);
  create(child_kind::master_job);
  create(child_kind::worker_job);
  BOOST_TEST(recorder.received<record_event>().empty());
  store(supervisor);
  BOOST_TEST(recorder.received<record_event>().size() == 3u);
  BOOST_TEST(phase(writer.received<save_status>().back()) == "Pending");
}

BOOST_AUTO_TEST_CASE(a_builder_that_dies_is_asked_again_later) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  store(supervisor);
  builder.reply_error<build_child>(
      caf::make_error(caf::sec::request_receiver_down));
  BOOST_TEST(builder.received<build_child>().size() == 1u);
  now += 1s;
  advance(1s);
  BOOST_TEST(builder.received<build_child>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_departure_of_the_test_ends_the_supervisor) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  tell(supervisor,
       observation{
           gone{watched_kind::locust_tests, {"perf", "shop"}, "u1", nullptr}});
  BOOST_TEST(!alive(supervisor));
  BOOST_TEST(writer.received<forget_status>().size() == 1u);
  BOOST_REQUIRE(recorder.received<record_event>().size() == 1u);
  BOOST_TEST(recorder.received<record_event>().front().event.reason ==
             "Deleting");
}

BOOST_AUTO_TEST_CASE(a_test_that_is_over_is_left_alone_after_a_restart) {
  auto supervisor = start(shop(R"({"phase":"Succeeded"})"));
  finish_lists(supervisor);
  BOOST_TEST(writer.received<save_status>().empty());
  BOOST_TEST(builder.received<build_child>().empty());
}

BOOST_AUTO_TEST_CASE(the_reference_finalizer_is_taken_off_and_nothing_else) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  auto leaving = std::make_shared<locust_test>(*shop());
  leaving->deleting = true;
  leaving->finalizers = {"other/one", "locust.io/cleanup"};
  tell(supervisor,
       observation{present{std::make_shared<const seen_object>(*leaving)}});
  BOOST_REQUIRE(client.received<api_request>().size() == 1u);
  const auto& sent = client.received<api_request>().front();
  BOOST_TEST((sent.verb == http_verb::json_patch));
  BOOST_TEST(sent.target ==
             "/apis/locust.io/v2/namespaces/perf/locusttests/shop");
  BOOST_TEST(sent.body->find(R"("value":["other/one"])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(
    a_finalizer_that_stays_is_tried_again_more_and_more_rarely) {
  auto leaving = std::make_shared<locust_test>(*shop());
  leaving->deleting = true;
  leaving->finalizers = {"locust.io/cleanup"};
  auto supervisor = start(leaving);
  finish_lists(supervisor);
  size_t tries = 1;
  for (auto wait : {5s, 10s, 20s}) {
    client.reply<api_request>(answer(503));
    advance(wait - 1s);
    BOOST_TEST(client.received<api_request>().size() == tries);
    advance(1s);
    BOOST_TEST(client.received<api_request>().size() == ++tries);
  }
  client.reply<api_request>(answer(200));
  advance(10min);
  BOOST_TEST(client.received<api_request>().size() == tries);
}

BOOST_AUTO_TEST_SUITE_END()
