#include "actors/status_writer/status_writer_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

struct fixture : test::actor_fixture {
  save_status document(uint64_t revision, bool urgent = true) {
    save_status result;
    result.test = {"ns", "t"};
    result.test_uid = "uid";
    result.resource_version = "1";
    result.revision = revision;
    result.urgent = urgent;
    result.document = std::make_shared<const std::string>(
        R"({"revision":)" + std::to_string(revision) + "}");
    result.answer_to = supervisor;
    return result;
  }

  api_response stored(const std::string& version) {
    return answer(200,
                  R"({"metadata":{"resourceVersion":")" + version + R"("}})");
  }

  std::vector<api_request>& requests() {
    return api.received<api_request>();
  }

  std::vector<status_saved>& saved() {
    return supervisor.received<status_saved>();
  }

  test::mock<api_client_actor> api{*this};
  test::mock<supervisor_actor> supervisor{*this};
  status_writer_actor writer = keep(spawn_status_writer(system, api));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(status_writer_actor_, fixture)

BOOST_AUTO_TEST_CASE(the_supervisor_learns_what_is_stored) {
  tell(writer, document(4));
  BOOST_TEST_REQUIRE(requests().size() == 1u);
  BOOST_TEST(saved().empty());
  api.reply<api_request>(stored("9"));
  BOOST_TEST_REQUIRE(saved().size() == 1u);
  BOOST_TEST(saved()[0].revision == 4u);
  BOOST_TEST(saved()[0].resource_version == "9");
}

BOOST_AUTO_TEST_CASE(the_supervisor_learns_what_another_leader_has_stored) {
  tell(writer, document(4));
  api.reply<api_request>(answer(409));
  api.reply<api_request>(
      answer(200, R"({"metadata":{"uid":"uid","resourceVersion":"9"},)"
                  R"("status":{"history":[{"sequence":3}]}})"));
  BOOST_TEST(saved().empty());
  auto& superseded = supervisor.received<status_superseded>();
  BOOST_TEST_REQUIRE(superseded.size() == 1u);
  BOOST_TEST(superseded[0].resource_version == "9");
  BOOST_TEST(*superseded[0].status == R"({"history":[{"sequence":3}]})");
  advance(10min);
  BOOST_TEST(requests().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_low_priority_document_is_written_when_due) {
  tell(writer, document(1, false));
  advance(1999ms);
  BOOST_TEST(requests().empty());
  advance(1ms);
  BOOST_TEST(requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_later_alarm_does_not_replace_an_earlier_one) {
  tell(writer, document(1, false));
  advance(1s);
  auto other = document(1);
  other.test_uid = "other";
  tell(writer, other);
  api.reply<api_request>(answer(503));
  advance(70ms);
  BOOST_TEST(requests().size() == 2u);
  advance(1s);
  BOOST_TEST(requests().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_failed_write_is_repeated_until_stored) {
  tell(writer, document(1));
  for (int i = 0; i < 6; ++i) {
    BOOST_TEST_REQUIRE(api.unanswered<api_request>() == 1u);
    api.reply<api_request>(answer(i % 2 == 0 ? 0 : 503));
    advance(5s);
  }
  api.reply<api_request>(stored("3"));
  BOOST_TEST(saved().size() == 1u);
  advance(10min);
  BOOST_TEST(requests().size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_counts_as_no_answer) {
  tell(writer, document(1));
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  advance(1s);
  BOOST_TEST(requests().size() == 2u);
}

BOOST_AUTO_TEST_CASE(however_long_it_waits_nothing_is_written_twice) {
  tell(writer, document(1));
  advance(1h);
  BOOST_TEST(requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_is_reported_about_a_forgotten_test) {
  tell(writer, document(1));
  tell(writer, forget_status{"uid"});
  api.reply<api_request>(stored("3"));
  advance(1min);
  BOOST_TEST(saved().empty());
  BOOST_TEST(requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_idle_writer_stops_at_once) {
  auto done = ask<bool>(writer, stop_request{});
  BOOST_TEST_REQUIRE(done->has_value());
  BOOST_TEST(**done);
  BOOST_TEST(!alive(writer));
}

BOOST_AUTO_TEST_CASE(a_stop_waits_for_what_is_pending) {
  tell(writer, document(1, false));
  auto done = ask<bool>(writer, stop_request{});
  BOOST_TEST_REQUIRE(requests().size() == 1u);
  BOOST_TEST(!done->has_value());
  api.reply<api_request>(stored("3"));
  BOOST_TEST_REQUIRE(done->has_value());
  BOOST_TEST(**done);
  BOOST_TEST(saved().size() == 1u);
  BOOST_TEST(!alive(writer));
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_forever) {
  tell(writer, document(1));
  auto done = ask<bool>(writer, stop_request{});
  auto again = ask<bool>(writer, stop_request{});
  advance(2999ms);
  BOOST_TEST(!done->has_value());
  advance(1ms);
  BOOST_TEST_REQUIRE(done->has_value());
  BOOST_TEST(!**done);
  BOOST_TEST_REQUIRE(again->has_value());
  BOOST_TEST(!**again);
  BOOST_TEST(!alive(writer));
}

BOOST_AUTO_TEST_CASE(figures_need_no_document_once_one_is_stored) {
  auto figures = [this](const char* load) {
    return save_figures{{"ns", "t"},
                        "uid",
                        std::make_shared<const std::string>(load),
                        supervisor};
  };
  tell(writer, figures(R"({"users":1})"));
  BOOST_TEST(requests().empty());
  BOOST_TEST(supervisor.received<document_wanted>().size() == 1u);
  tell(writer, document(4));
  api.reply<api_request>(stored("9"));
  tell(writer, figures(R"({"users":2})"));
  BOOST_TEST_REQUIRE(requests().size() == 2u);
  BOOST_TEST((requests()[1].verb == http_verb::merge_patch));
  api.reply<api_request>(stored("10"));
  // The supervisor has stored nothing new.
  BOOST_TEST(saved().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
