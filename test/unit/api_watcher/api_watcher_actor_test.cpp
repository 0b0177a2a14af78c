#include "actors/api_watcher/api_watcher_actor.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

shared_text as_text(std::string content) {
  return std::make_shared<const std::string>(std::move(content));
}

std::string job(std::string_view name, std::string_view version) {
  return R"({"kind":"Job","metadata":{"name":")" + std::string(name) +
         R"(","namespace":"perf","uid":"uid-of-)" + std::string(name) +
         R"(","resourceVersion":")" + std::string(version) + R"("}})";
}

struct fixture : test::actor_fixture {
  test::mock<api_client_actor> client{*this};
  test::mock<operator_actor> root{*this};
  api_watcher_actor watcher = keep(
      spawn_api_watcher(system, {watched_kind::jobs, "perf"}, client, root, 1));

  fixture() {
    run();
  }

  void answer_list(std::string items, std::string version = "10") {
    client.reply<api_request>(
        api_response{200,
                     as_text(R"({"kind":"JobList","metadata":)"
                             R"({"resourceVersion":")" +
                             version + R"("},"items":[)" + items + "]}"),
                     {},
                     {}});
  }

  const open_stream& stream() {
    return client.received<open_stream>().back();
  }

  const observations& batch(size_t i) {
    return *root.received<watch_report>().at(i).batch;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_watcher_actor_suite, fixture)

BOOST_AUTO_TEST_CASE(it_lists_at_once_in_the_lane_of_lists) {
  const auto& requests = client.received<api_request>();
  BOOST_REQUIRE_EQUAL(requests.size(), 1u);
  BOOST_TEST((requests[0].verb == http_verb::get));
  BOOST_TEST((requests[0].in == lane::list));
  BOOST_TEST(requests[0].target.starts_with(
      "/apis/batch/v1/namespaces/perf/jobs?labelSelector="));
  BOOST_TEST(root.received<watch_report>().empty());
}

BOOST_AUTO_TEST_CASE(a_page_is_one_report_and_the_watch_follows) {
  answer_list(job("a", "5") + "," + job("b", "7"));
  BOOST_REQUIRE_EQUAL(root.received<watch_report>().size(), 1u);
  BOOST_TEST((root.received<watch_report>()[0].kind == watched_kind::jobs));
  BOOST_TEST(root.received<watch_report>()[0].ns == "perf");
  BOOST_REQUIRE_EQUAL(batch(0).size(), 3u);
  BOOST_TEST(key_of(*std::get<present>(batch(0)[1]).object).name == "b");
  const auto& end = std::get<listed>(batch(0)[2]);
  BOOST_TEST(end.resource_version == "10");
  BOOST_TEST(end.ns == "perf");
  BOOST_REQUIRE_EQUAL(client.received<open_stream>().size(), 1u);
  BOOST_TEST(stream().target.find("resourceVersion=10") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_chunk_of_the_stream_is_one_report) {
  answer_list("");
  tell(stream().sink, stream_opened{stream().id});
  auto line = [](auto type, auto object) {
    return std::string(R"({"type":")") + type + R"(","object":)" + object +
           "}\n";
  };
  auto bytes = line("ADDED", job("a", "11")) + line("ADDED", job("b", "12")) +
               line("DELETED", job("a", "13"));
  tell(stream().sink,
       stream_data{stream().id, as_text(bytes.substr(0, bytes.size() - 9))});
  BOOST_REQUIRE_EQUAL(root.received<watch_report>().size(), 2u);
  BOOST_TEST(batch(1).size() == 2u);
  tell(stream().sink,
       stream_data{stream().id, as_text(bytes.substr(bytes.size() - 9))});
  BOOST_REQUIRE_EQUAL(root.received<watch_report>().size(), 3u);
  BOOST_REQUIRE_EQUAL(batch(2).size(), 1u);
  BOOST_TEST(std::get<gone>(batch(2)[0]).uid == "uid-of-a");
}

BOOST_AUTO_TEST_CASE(a_refused_watch_is_tried_again_after_a_while) {
  answer_list("");
  auto first = stream().id;
  tell(stream().sink, stream_closed{first, 0, nullptr, "refused", {}});
  BOOST_TEST(client.received<open_stream>().size() == 1u);
  BOOST_REQUIRE_EQUAL(root.received<watch_trouble>().size(), 1u);
  BOOST_TEST(root.received<watch_trouble>()[0].ns == "perf");
  BOOST_TEST(!root.received<watch_trouble>()[0].reason.empty());
  advance(2s);
  BOOST_REQUIRE_EQUAL(client.received<open_stream>().size(), 2u);
  BOOST_TEST(stream().id != first);
  BOOST_TEST(client.received<api_request>().size() == 1u);
  tell(stream().sink, stream_opened{stream().id});
  BOOST_REQUIRE_EQUAL(root.received<watch_trouble>().size(), 2u);
  BOOST_TEST(root.received<watch_trouble>()[1].reason.empty());
}

BOOST_AUTO_TEST_CASE(a_failing_client_counts_as_a_failing_server) {
  client.reply_error<api_request>(caf::make_error(caf::sec::request_timeout));
  BOOST_REQUIRE_EQUAL(root.received<watch_trouble>().size(), 1u);
  BOOST_TEST(root.received<watch_trouble>()[0].status == 0);
  advance(2s);
  BOOST_TEST(client.received<api_request>().size() == 2u);
  BOOST_TEST(alive(watcher));
}

BOOST_AUTO_TEST_CASE(a_broken_stream_is_closed) {
  answer_list("");
  auto id = stream().id;
  tell(stream().sink, stream_opened{id});
  tell(stream().sink, stream_data{id, as_text("no JSON\n")});
  BOOST_REQUIRE_EQUAL(client.received<close_stream>().size(), 1u);
  BOOST_TEST(client.received<close_stream>()[0].id == id);
}

BOOST_AUTO_TEST_CASE(a_stop_closes_the_stream_and_ends) {
  answer_list("");
  tell(stream().sink, stream_opened{stream().id});
  tell(watcher, stop_request{});
  BOOST_TEST(client.received<close_stream>().size() == 1u);
  BOOST_TEST(!alive(watcher));
}

BOOST_AUTO_TEST_CASE(a_stop_during_a_list_ends_at_once) {
  tell(watcher, stop_request{});
  BOOST_TEST(!alive(watcher));
  answer_list(job("a", "5"));
  BOOST_TEST(root.received<watch_report>().empty());
}

BOOST_AUTO_TEST_SUITE_END()
