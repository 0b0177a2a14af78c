#include "cluster.hpp"
#include "test/unit/support/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace locust::test;

namespace {

const std::string config_maps = "/api/v1/namespaces/default/configmaps";

struct fixture : client_fixture {
  fixture() {
    remove("api-client-watched");
  }

  void create(const std::string& name) {
    auto answer =
        ask(client, with_body(http_verb::post, config_maps,
                              R"({"metadata":{"name":")" + name + R"("}})"));
    BOOST_TEST(answer.status == 201);
  }

  void remove(const std::string& name) {
    ask(client, without_body(http_verb::remove, config_maps + "/" + name));
  }

  void open(uint64_t id, std::string target) {
    open_stream order;
    order.id = id;
    order.target = std::move(target);
    order.sink = sink;
    self->send(client, order);
  }

  std::shared_ptr<stream_log> log = std::make_shared<stream_log>();
  api_client_actor client = spawn(access());
  stream_sink_actor sink = spawn_sink(log);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(streams, fixture)

BOOST_AUTO_TEST_CASE(a_watch_opens_at_once_and_tells_of_changes) {
  open(1, config_maps + "?watch=true&timeoutSeconds=60");
  // Before anything changes.
  BOOST_REQUIRE(log->wait([](const auto& s) { return s.opened; }));
  create("api-client-watched");
  BOOST_TEST(log->wait_for_text(R"("name":"api-client-watched")"));
  remove("api-client-watched");
  BOOST_TEST(log->wait_for_text(R"("type":"DELETED")"));
  BOOST_TEST(log->now().closed.empty());
}

BOOST_AUTO_TEST_CASE(bookmarks_come_and_a_clean_end_is_no_failure) {
  open(2, config_maps + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=3"
                        "&sendInitialEvents=true"
                        "&resourceVersionMatch=NotOlderThan");
  BOOST_TEST(log->wait_for_text("k8s.io/initial-events-end"));
  BOOST_REQUIRE(log->wait([](const auto& s) { return !s.closed.empty(); }));
  auto closed = log->now().closed.front();
  BOOST_TEST(closed.id == 2u);
  BOOST_TEST(closed.status == 200);
  BOOST_TEST(closed.failure == "");
}

BOOST_AUTO_TEST_CASE(a_refusal_comes_with_status_and_body) {
  open(3, "/api/v1/namespaces/default/nothings?watch=true");
  BOOST_REQUIRE(log->wait([](const auto& s) { return !s.closed.empty(); }));
  auto state = log->now();
  BOOST_TEST(!state.opened);
  BOOST_TEST(state.closed.front().status == 404);
  BOOST_REQUIRE(state.closed.front().body);
  BOOST_TEST(!state.closed.front().body->empty());
}

BOOST_AUTO_TEST_CASE(a_closed_stream_says_nothing_more) {
  open(4, config_maps + "?watch=true&timeoutSeconds=60");
  BOOST_REQUIRE(log->wait([](const auto& s) { return s.opened; }));
  self->send(client, close_stream{4, sink});
  // The same watch again tells when the event is through.
  auto other_log = std::make_shared<stream_log>();
  open_stream order;
  order.id = 4;
  order.target = config_maps + "?watch=true&timeoutSeconds=60";
  order.sink = spawn_sink(other_log);
  self->send(client, order);
  BOOST_REQUIRE(other_log->wait([](const auto& s) { return s.opened; }));
  create("api-client-watched");
  BOOST_TEST(other_log->wait_for_text("api-client-watched"));
  BOOST_TEST(log->now().bytes.find("api-client-watched") == std::string::npos);
  BOOST_TEST(log->now().closed.empty());
}

BOOST_AUTO_TEST_CASE(a_silent_stream_ends_by_its_limit) {
  open_stream order;
  order.id = 5;
  order.target = config_maps + "?watch=true&timeoutSeconds=60&fieldSelector="
                               "metadata.name%3Dnobody";
  order.sink = sink;
  order.silence_limit = std::chrono::milliseconds(300);
  self->send(client, order);
  BOOST_REQUIRE(log->wait([](const auto& s) { return !s.closed.empty(); }));
  auto closed = log->now().closed.front();
  BOOST_TEST(closed.status == 200);
  BOOST_TEST(closed.failure.find("300 ms") != std::string::npos,
             closed.failure);
}

BOOST_AUTO_TEST_SUITE_END()
