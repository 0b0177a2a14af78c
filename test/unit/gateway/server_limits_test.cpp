#include "tested_server.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

constexpr auto tls = raw_client::over::tls;
constexpr auto tcp = raw_client::over::tcp;

server_limits with(const std::function<void(server_limits&)>& change) {
  server_limits limits;
  change(limits);
  return limits;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_limits_)

// -- slow clients -------------------------------------------------------------
// Each test shortens only one limit, so that one ends the connection within the
// client's timeout (20 s). The next shorter limit is 30 s.

struct slow {
  const char* what;
  std::chrono::milliseconds server_limits::*limit;
  raw_client::over over;
  /// What the client sends before it falls silent.
  std::string bytes;
  bool answered = false;
};

BOOST_AUTO_TEST_CASE(slow_clients_are_disconnected) {
  auto whole = post("/echo", "body");
  const slow rows[] = {
      {"no TLS handshake", &server_limits::handshake, tcp, "", false},
      {"half a TLS handshake", &server_limits::handshake, tcp,
       std::string("\x16\x03\x01\x02\x00\x01", 6), false},
      {"no request", &server_limits::header, tls, "", false},
      {"half a header", &server_limits::header, tls, whole.substr(0, 20),
       false},
      {"half a body", &server_limits::request, tls,
       whole.substr(0, whole.size() - 2), false},
      {"nothing after an answer", &server_limits::idle, tls, whole, true},
      {"half a header after an answer", &server_limits::header, tls,
       whole + whole.substr(0, 20), true},
  };
  for (const auto& r : rows) {
    BOOST_TEST_CONTEXT(r.what) {
      tested_server s{with([&](server_limits& l) {
        l.handshake = l.header = l.request = l.idle = 60s;
        l.*r.limit = 300ms;
      })};
      raw_client client{s.hooks(), r.over};
      client.send(r.bytes);
      if (r.answered)
        BOOST_TEST(client.receive().status == 200);
      BOOST_TEST(client.is_closed());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_sends_slowly_is_disconnected) {
  // Each byte arrives in time, but not the whole.
  for (auto limit : {&server_limits::header, &server_limits::request}) {
    tested_server s{with([&](server_limits& l) { l.*limit = 400ms; })};
    raw_client client{s.probes()};
    client.send("GET /healthz HTTP/1.1\r\n");
    BOOST_TEST(comes_true([&] { return !client.try_send("a: b\r\n"); }));
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_reads_no_answer_is_disconnected) {
  tested_server s{with([](server_limits& l) { l.request = 1s; })};
  raw_client deaf{s.hooks(), tls};
  // More than all buffers can hold.
  deaf.send(post("/echo", std::string(size_t{7} << 20, 'x')));
  BOOST_TEST(comes_true([&] { return !deaf.try_send(post("/echo", "x")); }));
}

BOOST_AUTO_TEST_CASE(a_client_that_sends_after_the_answer_is_disconnected) {
  tested_server s{with([](server_limits& l) { l.linger = 300ms; })};
  raw_client client{s.hooks(), tls};
  auto whole = post("/held", std::string(10'000, 'x'));
  client.send(whole.substr(0, 200));
  BOOST_TEST(client.receive().status == 413);
  BOOST_TEST(comes_true([&] { return !client.try_send("x"); }));
}

BOOST_AUTO_TEST_CASE(time_in_a_handler_is_not_the_clients_fault) {
  tested_server s{
      with([](server_limits& l) { l.handshake = l.header = l.idle = 100ms; })};
  raw_client client{s.hooks(), tls};
  client.send(post("/held", "x"));
  s.held.wait_for(1);
  std::this_thread::sleep_for(500ms);
  s.held.open();
  BOOST_TEST(client.receive().body == "x");
}

// -- few descriptors ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_descriptors_clients_wait) {
  tested_server s;
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  auto free = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(free);
  // One for the client, none for the server's side of it.
  rlimit tight{static_cast<rlim_t>(free) + 1, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &tight);
  raw_client client{s.probes()};
  std::this_thread::sleep_for(200ms);
  setrlimit(RLIMIT_NOFILE, &before);
  BOOST_TEST(client.ask("GET /healthz HTTP/1.1\r\n\r\n").status == 200);
}

// -- many clients -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_longest_idle_connection_is_replaced) {
  tested_server s{with([](server_limits& l) { l.most_connections = 4; })};
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<raw_client>(s.probes()));
    clients.back()->send("GET /healthz HTTP/1.1\r\n");
  }
  // The oldest connection is not the one that has waited longest.
  clients[0]->send("\r\n");
  BOOST_TEST(clients[0]->receive().status == 200);
  BOOST_TEST(s.probe("/healthz").status == 200);
  BOOST_TEST(clients[1]->is_closed());
  for (size_t i : {size_t{2}, size_t{3}})
    BOOST_TEST(clients[i]->ask("\r\n").status == 200);
  BOOST_TEST(clients[0]->ask("GET /healthz HTTP/1.1\r\n\r\n").status == 200);
}

BOOST_AUTO_TEST_CASE(slow_clients_do_not_lock_out_others) {
  tested_server s{with([](server_limits& l) { l.most_connections = 8; })};
  std::vector<std::unique_ptr<raw_client>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<raw_client>(s.hooks(), tcp));
    if (i % 10 == 9)
      BOOST_TEST(s.ask(post("/echo", "x")).status == 200);
  }
}

BOOST_AUTO_TEST_CASE(busy_connections_are_not_replaced) {
  tested_server s{with([](server_limits& l) { l.most_connections = 2; })};
  raw_client a{s.hooks(), tls}, b{s.hooks(), tls};
  a.send(post("/held", "a"));
  b.send(post("/held", "b"));
  s.held.wait_for(2);
  raw_client c{s.hooks(), tcp};
  BOOST_TEST(c.is_closed());
  s.held.open();
  BOOST_TEST(a.receive().body == "a");
  BOOST_TEST(b.receive().body == "b");
  BOOST_TEST(s.ask(post("/echo", "x")).body == "x");
}

BOOST_AUTO_TEST_CASE(too_many_requests_of_a_webhook_get_503) {
  tested_server s{with([](server_limits& l) { l.most_requests = 3; })};
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<raw_client>(s.hooks(), tls));
    clients.back()->send(post("/turn", "x"));
  }
  s.held.wait_for(1);
  // This one is answered after the server has read the other three.
  BOOST_TEST(s.ask(post("/echo", "x")).status == 200);
  auto answer = s.ask(post("/turn", "x"));
  BOOST_TEST(answer.status == 503);
  BOOST_TEST(answer.has("Retry-After: 1"));
  BOOST_TEST(s.ask(post("/nowhere", "x")).status == 404);
  s.held.open();
  for (auto& client : clients)
    BOOST_TEST(client->receive().status == 200);
  BOOST_TEST(s.ask(post("/turn", "x")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_webhook_that_answers_in_turn_leaves_a_thread) {
  tested_server s;
  raw_client a{s.hooks(), tls}, b{s.hooks(), tls};
  a.send(post("/turn", "a"));
  b.send(post("/turn", "b"));
  s.held.wait_for(1);
  BOOST_TEST(s.ask(post("/echo", "x")).status == 200);
  s.held.open();
  BOOST_TEST(a.receive().body == "a");
  BOOST_TEST(b.receive().body == "b");
}

BOOST_AUTO_TEST_CASE(too_many_bytes_of_a_webhook_get_503) {
  tested_server s;
  raw_client client{s.hooks(), tls};
  client.send(post("/held", std::string(900, 'x')));
  s.held.wait_for(1);
  auto answer = s.ask(post("/held", std::string(101, 'x')));
  BOOST_TEST(answer.status == 503);
  BOOST_TEST(answer.has("Retry-After: 1"));
  // Each webhook has its own budget.
  BOOST_TEST(s.ask(post("/echo", std::string(5'000, 'x'))).status == 200);
  s.held.open();
  BOOST_TEST(client.receive().status == 200);
  BOOST_TEST(comes_true([&] {
    return s.ask(post("/held", std::string(1'000, 'x'))).status == 200;
  }));
}

BOOST_AUTO_TEST_CASE(the_slowest_body_makes_room_for_others) {
  tested_server s;
  s.held.open();
  raw_client slowest{s.hooks(), tls}, slow{s.hooks(), tls};
  auto begin = [&](raw_client& client, size_t bytes) {
    auto whole = post("/held", std::string(bytes + 100, 'x'));
    client.send(whole.substr(0, whole.size() - 100));
    // This one is answered after the server has read the other.
    BOOST_TEST(s.ask(post("/echo", "x")).status == 200);
  };
  begin(slowest, 500);
  begin(slow, 400);
  BOOST_TEST(s.ask(post("/held", std::string(300, 'x'))).status == 200);
  BOOST_TEST(slowest.is_closed());
  slow.send(std::string(100, 'x'));
  BOOST_TEST(slow.receive().status == 200);
}

BOOST_AUTO_TEST_CASE(the_slowest_body_takes_no_room_from_others) {
  tested_server s;
  raw_client slow{s.hooks(), tls}, quick{s.hooks(), tls};
  auto whole = post("/held", std::string(600, 'x'));
  slow.send(whole.substr(0, whole.size() - 100));
  BOOST_TEST(s.ask(post("/echo", "x")).status == 200);
  quick.send(post("/held", std::string(450, 'x')));
  s.held.wait_for(1);
  slow.send(std::string(100, 'x'));
  BOOST_TEST(slow.receive().status == 503);
  s.held.open();
  BOOST_TEST(quick.receive().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
