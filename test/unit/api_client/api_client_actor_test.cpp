#include "actors/api_client/api_client_actor.hpp"
#include "scripted_server.hpp"
#include "temporary_folder.hpp"
#include "test/unit/support/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

using then = scripted_reply::then;
using clock_type = std::chrono::steady_clock;

// Debian's CAF is not built with ThreadSanitizer, which then does not see the
// synchronization of mailboxes and reports each message. The suites of the
// transport test our own threads with it.
#ifdef __SANITIZE_THREAD__
constexpr bool under_thread_sanitizer = true;
#else
constexpr bool under_thread_sanitizer = false;
#endif

scripted_reply hang() {
  return {{}, then::hang};
}

scripted_reply endless_stream(const std::string& bytes) {
  return {{{chunked_head() + chunk(bytes), {}}}, then::hang};
}

cluster_access access_to(const scripted_server& server) {
  cluster_access access;
  access.server = server.url();
  return access;
}

struct fixture : client_fixture {
  void open(const api_client_actor& client, uint64_t id,
            const stream_sink_actor& to) {
    open_stream order;
    order.id = id;
    order.target = "/watch";
    order.sink = to;
    self->send(client, order);
  }

  std::shared_ptr<stream_log> log = std::make_shared<stream_log>();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(
    the_api_client, fixture,
    *boost::unit_test::enable_if<!under_thread_sanitizer>())

BOOST_AUTO_TEST_CASE(requests_carry_the_user_agent) {
  scripted_server server{[](const seen_request&) {
    return whole(200, "{}");
  }};
  auto client = spawn(access_to(server));
  BOOST_TEST(ask(client, get("/version")).status == 200);
  auto head = server.requests().at(0).head;
  BOOST_TEST(head.find("\r\nUser-Agent: locust-operator/") != std::string::npos,
             head);
}

BOOST_AUTO_TEST_CASE(it_waits_as_long_as_the_server_asks) {
  std::atomic<int> asked = 0;
  scripted_server server{[&](const seen_request&) {
    return ++asked == 1 ? whole(429, "{}", "Retry-After: 1\r\n")
                        : whole(201, "{}");
  }};
  auto client = spawn(access_to(server));
  auto start = clock_type::now();
  auto answer = ask(client, with_body(http_verb::post, "/pods", "{}"));
  BOOST_TEST(answer.status == 201);
  BOOST_TEST((clock_type::now() - start >= 1s));
  BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(it_reads_a_stale_token_again) {
  temporary_folder folder;
  auto access = cluster_access{};
  auto file = folder.write("token", "old\n");
  scripted_server server{[&](const seen_request& r) {
    if (r.has("Authorization: Bearer new"))
      return whole(200, "{}");
    folder.write("token", "new\n");
    return whole(401, "{}", "");
  }};
  access = access_to(server);
  access.token = token_file{file};
  auto client = spawn(access);
  // A file is read once per second at most, so the first 401 comes too soon.
  BOOST_TEST(ask(client, get("/x")).status == 401);
  std::this_thread::sleep_for(1100ms);
  BOOST_TEST(ask(client, get("/x")).status == 200);
  BOOST_TEST(server.requests().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_burst_is_answered_one_by_one) {
  scripted_server server{[](const seen_request&) {
    return whole(200, "{}");
  }};
  auto client = spawn(access_to(server));
  constexpr size_t burst = 300;
  std::atomic<size_t> answered = 0;
  std::promise<void> all;
  ask_many(
      client, burst, [](size_t) { return get("/x"); },
      [&](const api_response&) {
        if (++answered == burst)
          all.set_value();
      });
  BOOST_TEST(
      (all.get_future().wait_for(patience) == std::future_status::ready));
  BOOST_TEST(server.requests().size() == 300u);
}

BOOST_AUTO_TEST_CASE(a_stream_opens_and_brings_its_bytes) {
  scripted_server server{[](const seen_request&) {
    return scripted_reply{
        {{chunked_head(), {}}, {chunk("one\n"), {}}, {chunk(""), {}}},
        then::go_on};
  }};
  open(spawn(access_to(server)), 7, spawn_sink(log));
  BOOST_REQUIRE(log->wait([](const auto& s) { return !s.closed.empty(); }));
  auto state = log->now();
  BOOST_TEST(state.opened);
  BOOST_TEST(state.bytes == "one\n");
  BOOST_TEST(state.closed[0].id == 7u);
  BOOST_TEST(state.closed[0].status == 200);
  BOOST_TEST(state.closed[0].failure == "");
}

BOOST_AUTO_TEST_CASE(a_closed_stream_is_silent) {
  scripted_server server{[](const seen_request&) {
    return endless_stream("one\n");
  }};
  auto client = spawn(access_to(server));
  auto sink = spawn_sink(log);
  open(client, 1, sink);
  BOOST_TEST(log->wait_for_text("one\n"));
  self->send(client, close_stream{1, sink});
  BOOST_TEST(server.wait_for_closed(1));
  BOOST_TEST(log->now().closed.empty());
}

BOOST_AUTO_TEST_CASE(ids_of_different_sinks_do_not_conflict) {
  scripted_server server{[](const seen_request&) {
    return endless_stream("one\n");
  }};
  auto client = spawn(access_to(server));
  auto other = std::make_shared<stream_log>();
  auto sink = spawn_sink(log);
  open(client, 1, sink);
  open(client, 1, spawn_sink(other));
  BOOST_TEST(log->wait_for_text("one\n"));
  BOOST_TEST(other->wait_for_text("one\n"));
  self->send(client, close_stream{1, sink});
  BOOST_TEST(server.wait_for_closed(1));
  BOOST_TEST(other->now().closed.empty());
}

BOOST_AUTO_TEST_CASE(a_stream_ends_with_its_sink) {
  scripted_server server{[](const seen_request&) {
    return endless_stream("one\n");
  }};
  auto client = spawn(access_to(server));
  auto sink = spawn_sink(log);
  open(client, 1, sink);
  BOOST_TEST(log->wait_for_text("one\n"));
  caf::anon_send_exit(sink, caf::exit_reason::user_shutdown);
  BOOST_TEST(server.wait_for_closed(1));
}

BOOST_AUTO_TEST_CASE(its_end_answers_pending_requests) {
  scripted_server server{[](const seen_request&) {
    return hang();
  }};
  auto client = spawn(access_to(server));
  auto sink = spawn_sink(log);
  open(client, 1, sink);
  // More than the window, so that some wait.
  constexpr size_t pending = 100;
  std::atomic<size_t> told = 0;
  std::promise<void> all;
  ask_many(
      client, pending, [](size_t) { return get("/x"); },
      [&](const api_response& r) {
        if (r.status == 0 && r.failure == "the operator is stopping" &&
            ++told == pending)
          all.set_value();
      });
  while (server.requests().empty())
    std::this_thread::sleep_for(10ms);
  caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  BOOST_TEST(
      (all.get_future().wait_for(patience) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(it_can_be_killed_with_requests_in_flight) {
  scripted_server server{[](const seen_request&) {
    return hang();
  }};
  auto client = spawn(access_to(server));
  open(client, 1, spawn_sink(log));
  ask_many(
      client, 1, [](size_t) { return get("/x"); },
      [](const api_response&) {
        // nop
      });
  while (server.requests().empty())
    std::this_thread::sleep_for(10ms);
  caf::anon_send_exit(client, caf::exit_reason::kill);
  // The thread is joined, which closes its connections.
  BOOST_TEST(server.wait_for_closed(server.connections()));
}

BOOST_AUTO_TEST_CASE(an_unreachable_server_is_named) {
  cluster_access access;
  access.server = "http://127.0.0.1:1";
  auto answer = ask(spawn(access), get("/x"));
  BOOST_TEST(answer.status == 0);
  BOOST_REQUIRE(answer.body);
  BOOST_TEST(answer.failure.starts_with("no answer from 127.0.0.1:1: "),
             answer.failure);
}

BOOST_AUTO_TEST_CASE(pods_are_reached_without_the_api_server) {
  scripted_server api{[](const seen_request&) {
    return hang();
  }};
  scripted_server pod{[](const seen_request&) {
    return whole(200, "{}");
  }};
  auto access = access_to(api);
  access.token = static_token{"secret"};
  auto client = spawn(access);
  auto request = get(pod.url() + "/stats/requests");
  request.in = lane::load;
  BOOST_TEST(ask(client, request).status == 200);
  BOOST_TEST(pod.requests().at(0).head.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
