#include "supervisor_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace locust;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(supervisor_shell, test::supervisor_fixture)

BOOST_AUTO_TEST_CASE(nothing_happens_before_the_lists_are_complete) {
  auto supervisor = start(shop());
  run();
  BOOST_TEST(writer.received<save_status>().empty());
  finish_lists(supervisor);
  BOOST_TEST(writer.received<save_status>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(with_a_ttl_no_run_is_created_before_the_intent_is_stored) {
  job_ttl = 60;
  auto supervisor = start(shop());
  finish_lists(supervisor);
  create(child_kind::master_service);
  BOOST_TEST(queue.received<build_child>().size() == 1u);
  store(supervisor);
  BOOST_TEST(queue.received<build_child>().size() == 2u);
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
  BOOST_TEST(recorder.received<record_event>().size() == 1u);
  BOOST_TEST(phase(writer.received<save_status>().back()) == "Pending");
}

BOOST_AUTO_TEST_CASE(a_builder_that_dies_is_asked_again_later) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  store(supervisor);
  queue.reply_error<build_child>(
      caf::make_error(caf::sec::request_receiver_down));
  BOOST_TEST(queue.received<build_child>().size() == 1u);
  now += 1s;
  advance(1s);
  BOOST_TEST(queue.received<build_child>().size() == 2u);
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

BOOST_AUTO_TEST_CASE(a_child_that_waits_is_not_created_after_the_end) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  store(supervisor);
  create(child_kind::master_service);
  create(child_kind::master_job);
  job_seen master;
  master.key = {"perf", child_name("shop", child_kind::master_job)};
  master.uid = "uid-" + std::string(to_string(child_kind::master_job));
  master.resource_version = "30";
  master.owner = owner_reference{"locust.io/v2", "LocustTest", "shop", "u1"};
  master.verdict = job_verdict::failed;
  tell(supervisor,
       observation{present{std::make_shared<const seen_object>(master)}});
  now += 10s;
  advance(10s);
  BOOST_TEST(phase(writer.received<save_status>().back()) == "Failed");
  BOOST_TEST(queue.received<forget_run>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_test_that_is_over_is_left_alone_after_a_restart) {
  auto supervisor = start(shop(R"({"phase":"Succeeded"})"));
  finish_lists(supervisor);
  BOOST_TEST(writer.received<save_status>().empty());
  BOOST_TEST(queue.received<build_child>().empty());
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

BOOST_AUTO_TEST_CASE(a_step_of_the_wall_clock_changes_no_time_of_the_run) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  auto begun = now;
  wall_step = 3600s;
  now += 1s;
  store(supervisor);
  create(child_kind::master_service);
  auto doc = json::parse(*writer.received<save_status>().back().document);
  const auto& history = (*doc)["history"];
  auto last = json::text_at(history[history.Size() - 1], {"time"});
  BOOST_TEST((parse_rfc3339(last) == begun + 1s));
}

BOOST_AUTO_TEST_CASE(an_exception_ends_it_with_its_text) {
  auto faulty = std::make_shared<supervisor_setup>(*setup());
  faulty->start_clock = [] {
    return []() -> timestamp {
      throw std::runtime_error("a poisonous status");
    };
  };
  auto supervisor = keep(spawn_supervisor(system, faulty, shop()));
  std::string why;
  // CAF binds a null reference for a function without arguments.
  auto watch = [](caf::event_based_actor* self, const supervisor_actor& whom,
                  std::string* reason) {
    self->set_down_handler([reason, self](const caf::down_msg& down) {
      *reason = self->system().render(down.reason);
      self->quit();
    });
    self->monitor(whom);
    return caf::behavior{[](caf::tick_atom) {
      // nop
    }};
  };
  system.spawn(watch, supervisor, &why);
  run();
  BOOST_TEST(!alive(supervisor));
  BOOST_TEST(why.find("a poisonous status") != std::string::npos, why);
}

BOOST_AUTO_TEST_SUITE_END()
