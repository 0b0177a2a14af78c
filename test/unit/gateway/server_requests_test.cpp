#include "tested_server.hpp"

#include <vector>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

constexpr auto tls = raw_client::over::tls;

} // namespace

BOOST_FIXTURE_TEST_SUITE(server_requests, tested_server)

BOOST_AUTO_TEST_CASE(a_review_is_answered) {
  auto answer = ask(post("/echo?timeout=10s", R"({"a":1})"));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.body == R"({"a":1})");
  BOOST_TEST(answer.has("Content-Type: application/json"));
}

BOOST_AUTO_TEST_CASE(a_connection_takes_one_request_after_the_other) {
  raw_client client{hooks(), tls};
  for (int i = 0; i < 20; ++i) {
    auto body = std::to_string(i);
    BOOST_TEST(client.ask(post("/echo", body)).body == body);
  }
  BOOST_TEST(client.ask(post("/nowhere", "")).status == 404);
}

BOOST_AUTO_TEST_CASE(requests_may_be_sent_together) {
  raw_client client{hooks(), tls};
  client.send(post("/echo", "1") + post("/echo", "2") + post("/echo", "3"));
  for (const auto* body : {"1", "2", "3"})
    BOOST_TEST(client.receive().body == body);
}

BOOST_AUTO_TEST_CASE(a_request_may_come_in_single_bytes) {
  raw_client client{hooks(), tls};
  for (auto c : post("/echo", "slowly"))
    client.send({&c, 1});
  BOOST_TEST(client.receive().body == "slowly");
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_taken) {
  raw_client client{hooks(), tls};
  auto head = std::string("POST /echo HTTP/1.1\r\nHost: x\r\n"
                          "Content-Type: application/json\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n");
  auto answer = client.ask(head + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  BOOST_TEST(answer.body == "abcde");
  BOOST_TEST(client.ask(post("/echo", "next")).body == "next");
}

BOOST_AUTO_TEST_CASE(expect_100_continue_is_answered) {
  raw_client client{hooks(), tls};
  auto whole = post("/echo", "body", "Expect: 100-continue\r\n");
  auto begin = whole.size() - 4;
  client.send(whole.substr(0, begin));
  BOOST_TEST(client.receive(false).status == 100);
  client.send(whole.substr(begin));
  auto answer = client.receive();
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.body == "body");
}

BOOST_AUTO_TEST_CASE(expect_100_continue_can_be_refused) {
  raw_client client{hooks(), tls};
  auto whole =
      post("/held", std::string(1001, 'x'), "Expect: 100-continue\r\n");
  client.send(whole.substr(0, whole.find("\r\n\r\n") + 4));
  BOOST_TEST(client.receive().status == 413);
  BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(a_big_body_comes_and_goes_whole) {
  std::string body(size_t{7} << 20, 'x');
  body.front() = '<';
  body.back() = '>';
  auto answer = ask(post("/echo", body));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST((answer.body == body));
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_refused_though_it_is_sent) {
  std::string body((size_t{7} << 20) + 1, 'x');
  auto chunked = std::string("POST /echo HTTP/1.1\r\nHost: x\r\n"
                             "Content-Type: application/json\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n700001\r\n") +
                 body + "\r\n0\r\n\r\n";
  for (const auto& bytes : {post("/echo", body), chunked}) {
    raw_client client{hooks(), tls};
    client.try_send(bytes);
    auto answer = client.receive();
    BOOST_TEST(answer.status == 413);
    BOOST_TEST(answer.body.find("7340032 bytes") != std::string::npos);
    BOOST_TEST(answer.has("Connection: close"));
    BOOST_TEST(client.is_closed());
  }
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  struct row {
    const char* what;
    std::string bytes;
    int status;
    const char* reason;
  };
  const row rows[] = {
      {"an unknown path", post("/no", ""), 404, "/no"},
      {"another method", "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 405, "POST"},
      {"no type", "POST /echo HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400,
       "application/json"},
      {"another expectation", post("/echo", "", "Expect: x\r\n"), 417, "100"},
      {"no HTTP", "hello, world\r\n\r\n", 400, "malformed HTTP request: bad"},
      {"no target", "GET\r\n\r\n", 400, "bad"},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad version"},
      {"a bad header", "GET / HTTP/1.1\r\nbad header\r\n\r\n", 400, "bad"},
      {"a bad length", "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400,
       "bad Content-Length"},
      {"two lengths", post("/echo", "x", "Content-Length: 2\r\n"), 400,
       "Content-Length"},
      {"a length and chunks",
       post("/echo", "x", "Transfer-Encoding: chunked\r\n"), 400, "bad"},
      {"a bad chunk",
       "POST /echo HTTP/1.1\r\nContent-Type: application/json\r\n"
       "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
       400, "bad chunk"},
      {"a header over the limit",
       "GET / HTTP/1.1\r\na: " + std::string(70'000, 'x') + "\r\n\r\n", 431,
       "65536 bytes"},
      {"a header without an end", std::string(70'000, 'x'), 431, "65536"},
  };
  for (const auto& r : rows) {
    BOOST_TEST_CONTEXT(r.what) {
      raw_client client{hooks(), tls};
      client.try_send(r.bytes);
      auto answer = client.receive();
      BOOST_TEST(answer.status == r.status);
      BOOST_TEST(answer.body.find(r.reason) != std::string::npos, answer.body);
      BOOST_TEST(answer.has("Content-Type: text/plain"));
      BOOST_TEST(answer.has("Connection: close"));
      BOOST_TEST(answer.has("Allow: POST") == (r.status == 405));
      BOOST_TEST(client.is_closed());
    }
  }
}

BOOST_AUTO_TEST_CASE(an_exception_affects_one_answer) {
  raw_client client{hooks(), tls};
  auto answer = client.ask(post("/faulty", "{}"));
  BOOST_TEST(answer.status == 500);
  BOOST_TEST(answer.body.find("luck") == std::string::npos, answer.body);
  BOOST_TEST(client.ask(post("/echo", "x")).body == "x");
}

BOOST_AUTO_TEST_CASE(http_1_0_is_supported) {
  raw_client client{probes()};
  auto answer = client.ask("GET /healthz HTTP/1.0\r\n\r\n");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.head.starts_with("HTTP/1.0 "));
  BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(a_client_can_ask_for_the_end) {
  raw_client client{hooks(), tls};
  auto answer = client.ask(post("/echo", "x", "Connection: close\r\n"));
  BOOST_TEST(answer.body == "x");
  BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(a_client_may_go_at_any_time) {
  auto whole = post("/echo", std::string(100, 'x'));
  for (size_t cut : {size_t{0}, size_t{1}, size_t{20}, whole.size() - 50}) {
    for (bool polite : {true, false}) {
      raw_client client{hooks(), tls};
      client.send(whole.substr(0, cut));
      if (polite)
        client.end_sending();
    }
  }
  BOOST_TEST(ask(whole).status == 200);
}

BOOST_AUTO_TEST_CASE(many_clients_at_once) {
  constexpr int clients = 16;
  constexpr int requests = 25;
  std::vector<std::future<int>> right;
  for (int c = 0; c < clients; ++c)
    right.push_back(std::async(std::launch::async, [this, c] {
      raw_client client{hooks(), tls};
      int good = 0;
      for (int i = 0; i < requests; ++i) {
        auto body = std::string(1000, 'x') + std::to_string(c * requests + i);
        good += client.ask(post("/echo", body)).body == body ? 1 : 0;
      }
      return good;
    }));
  for (auto& one : right)
    BOOST_TEST(one.get() == requests);
}

// -- probes -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(probes_are_answered) {
  BOOST_TEST(probe("/healthz").body == "ok");
  BOOST_TEST(probe("/healthz?verbose").body ==
             "[+]healthz ok\nhealthz check passed\n");
  BOOST_TEST(probe("/readyz?verbose").body ==
             "[+]readyz ok\n[+]webhook ok\nreadyz check passed\n");
  BOOST_TEST(probe("/readyz/webhook").body == "ok");
  BOOST_TEST(probe("/readyz/x").status == 404);
  BOOST_TEST(probe("/").status == 404);
  BOOST_TEST(probe("/convert").status == 404);
}

BOOST_AUTO_TEST_CASE(a_probe_can_do_without_the_body) {
  raw_client client{probes()};
  client.send("HEAD /healthz HTTP/1.1\r\n\r\n");
  auto answer = client.receive(false);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.has("Content-Length: 2"));
  // What comes next is the next answer.
  BOOST_TEST(client.ask("GET /healthz HTTP/1.1\r\n\r\n").body == "ok");
}

BOOST_AUTO_TEST_CASE(slow_webhooks_do_not_block_probes) {
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<raw_client>(hooks(), tls));
    clients.back()->send(post("/held", std::to_string(i)));
  }
  held.wait_for(2); // both threads
  BOOST_TEST(probe("/healthz").status == 200);
  BOOST_TEST(probe("/readyz").status == 200);
  held.open();
  for (int i = 0; i < 8; ++i)
    BOOST_TEST(clients[static_cast<size_t>(i)]->receive().body ==
               std::to_string(i));
}

BOOST_AUTO_TEST_SUITE_END()
