#include "h2_server.hpp"
#include "transport_client.hpp"

#include <atomic>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

/// Short, for tests; the tests do not depend on how long they are.
constexpr silence_limits soon{200ms, 400ms};

h2_reply answer(uint32_t stream) {
  return {h2_headers(stream) + h2_data(stream, "{}", true)};
}

h2_reply opened(uint32_t stream) {
  return {h2_headers(stream) + h2_data(stream, "one\n", false)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(noticing_dead_connections)

BOOST_AUTO_TEST_CASE(a_watch_on_a_dead_connection_ends) {
  std::atomic<bool> asked = false;
  h2_server server{[&](const h2_request& r) {
    if (r.stream == 1)
      return opened(r.stream);
    if (r.connection == 1)
      asked = true;
    return r.connection == 1 ? h2_reply{} : answer(r.stream);
  }};
  transport_client c{server.url(), write_rule::free, soon};
  auto watch = transport_client::stream(1, server.url() + "/watch");
  watch.silence_limit = 1h;
  c.send(watch);
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 200);
  BOOST_TEST(end.failure.find(" is dead: no data for 600 ms, not even an "
                              "answer to GET /livez") != std::string::npos,
             end.failure);
  BOOST_TEST(c.bytes() == "one\n");
  BOOST_TEST(asked);
  // The next one gets a new connection.
  watch.id = 2;
  c.send(watch);
  BOOST_TEST(c.wait_for_text("one\none\n"));
}

BOOST_AUTO_TEST_CASE(a_request_on_a_dead_connection_ends) {
  h2_server server{[](const h2_request& r) {
    return r.connection == 1 ? h2_reply{} : answer(r.stream);
  }};
  transport_client c{server.url(), write_rule::free, soon};
  auto order = transport_client::order(1, server.url() + "/");
  order.deadline = 1h;
  c.send(order);
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 0);
  BOOST_TEST(end.failure.find(" is dead: ") != std::string::npos, end.failure);
  BOOST_TEST(c.get(2, server.url() + "/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_silent_watch_on_a_living_connection_stays) {
  std::atomic<int> questions = 0;
  std::atomic<int> connections = 0;
  h2_server server{[&](const h2_request& r) {
    connections = std::max(connections.load(), r.connection);
    if (r.stream == 1)
      return opened(r.stream);
    ++questions;
    // Any answer will do, also a refusal, and also a slow one.
    h2_reply reply;
    reply.later = h2_headers(r.stream, {}, 403) + h2_data(r.stream, "{}", true);
    return reply;
  }};
  transport_client c{server.url(), write_rule::free, {50ms, 30s}};
  auto watch = transport_client::stream(1, server.url() + "/watch");
  watch.silence_limit = 1h;
  c.send(watch);
  auto limit = std::chrono::steady_clock::now() + transport_client::patience;
  while (questions < 4 && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(10ms);
  BOOST_TEST(questions >= 4);
  BOOST_TEST(connections == 1);
  // No end and no event of a question.
  c.network.reset();
  BOOST_TEST(c.bytes() == "one\n");
  BOOST_TEST(c.openings() == 1);
  BOOST_TEST(c.end_of(1).failure == "the operator is stopping");
}

BOOST_AUTO_TEST_CASE(many_watches_share_connections_that_are_asked_each) {
  // Each connection has at most as many streams as the server allows.
  std::atomic<int> most = 0;
  std::map<int, int> streams;
  h2_server server{[&](const h2_request& r) {
    most = std::max(most.load(), ++streams[r.connection]);
    return opened(r.stream);
  }};
  transport_client c{server.url()};
  constexpr uint64_t watches = 200;
  for (uint64_t id = 1; id <= watches; ++id)
    c.send(transport_client::stream(id, server.url() + "/watch"));
  std::string all;
  for (uint64_t id = 1; id <= watches; ++id)
    all += "one\n";
  BOOST_TEST(c.wait_for_text(all));
  BOOST_TEST(most <= 100);
}

BOOST_AUTO_TEST_SUITE_END()
