#include "tested_server.hpp"

#include <atomic>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;
using kind = access_verdict::kind;

namespace {

/// Serves a page and keeps its requests for authorization.
class page_server {
public:
  explicit page_server(bool secure, server_limits limits = {}) {
    http_server_setup setup;
    setup.metrics = metrics_server{{"127.0.0.1", 0}, secure, [this] {
                                     ++pages;
                                     return std::string("a 1\n");
                                   }};
    setup.limits = limits;
    auto made = http_server::start(std::move(setup));
    BOOST_TEST_REQUIRE(made.has_value());
    server = std::move(*made);
    if (!secure)
      return;
    auto pair = make_pair_for("metrics");
    BOOST_TEST_REQUIRE(
        server->show_certificate(tls_server::metrics, pair.chain, pair.key)
            .has_value());
  }

  /// Sets the verdict for a token.
  void guard(const std::string& token, access_verdict verdict) {
    server->guard_metrics([token, verdict](const access_question& q) {
      bool known = q.token == token && q.path == "/metrics" && q.verb == "get";
      std::thread([give = q.give, known, verdict] {
        give(known ? verdict : access_verdict{kind::unknown, {}});
      }).detach();
    });
  }

  seen_answer get(const std::string& target, const std::string& more = {}) {
    raw_client client{server->metrics_port(), over};
    return client.ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more +
                      "\r\n");
  }

  std::atomic<int> pages = 0;
  raw_client::over over = raw_client::over::tcp;
  std::unique_ptr<http_server> server;
};

struct secure_server : page_server {
  explicit secure_server(server_limits limits = {})
      : page_server(true, limits) {
    over = raw_client::over::tls;
  }

  seen_answer with_token(const std::string& token) {
    return get("/metrics", "Authorization: Bearer " + token + "\r\n");
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(metrics_page_)

BOOST_AUTO_TEST_CASE(a_plain_page_is_for_everybody) {
  page_server s{false};
  auto answer = s.get("/metrics?x=y");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.body == "a 1\n");
  BOOST_TEST(answer.has("Content-Type: text/plain; version=0.0.4"));
}

BOOST_AUTO_TEST_CASE(there_is_nothing_else) {
  page_server s{false};
  for (const char* path : {"/", "/metrics/", "/metrics/x", "/metric",
                           "/healthz", "/readyz", "/convert"})
    BOOST_TEST(s.get(path).status == 404, path);
  raw_client client{s.server->metrics_port()};
  auto answer = client.ask(post("/metrics", "{}"));
  BOOST_TEST(answer.status == 405);
  BOOST_TEST(answer.has("Allow: GET, HEAD"));
  BOOST_TEST(s.pages == 0);
}

BOOST_AUTO_TEST_CASE(a_head_of_it_can_be_asked_for) {
  page_server s{false};
  raw_client client{s.server->metrics_port()};
  client.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = client.receive(false);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.has("Content-Length: 4"));
}

BOOST_AUTO_TEST_CASE(a_secure_page_needs_authorization) {
  secure_server s;
  s.guard("good", {kind::allowed, "x"});
  auto answer = s.with_token("good");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.body == "a 1\n");
  answer = s.with_token("bad");
  BOOST_TEST(answer.status == 401);
  BOOST_TEST(answer.has("WWW-Authenticate: Bearer"));
  BOOST_TEST(s.pages == 1);
  s.guard("good", {kind::denied, "mallory"});
  answer = s.with_token("good");
  BOOST_TEST(answer.status == 403);
  BOOST_TEST(answer.body == "Authorization denied for user mallory\n");
  s.guard("good", {kind::undecided, "x"});
  BOOST_TEST(s.with_token("good").status == 500);
  BOOST_TEST(s.pages == 1);
}

BOOST_AUTO_TEST_CASE(without_a_token_there_is_no_review) {
  secure_server s;
  std::atomic<int> asked = 0;
  s.server->guard_metrics([&](const access_question&) { ++asked; });
  for (const char* header :
       {"", "Authorization: Basic YTpi\r\n", "Authorization: Bearer\r\n"})
    BOOST_TEST(s.get("/metrics", header).status == 401, header);
  BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(without_a_guard_it_is_unavailable) {
  secure_server s;
  BOOST_TEST(s.with_token("good").status == 503);
  s.guard("good", {kind::allowed, "x"});
  BOOST_TEST(s.with_token("good").status == 200);
}

BOOST_AUTO_TEST_CASE(a_pending_verdict_blocks_nothing_else) {
  secure_server s;
  std::vector<verdict_callback> held;
  std::mutex mutex;
  s.server->guard_metrics([&](const access_question& q) {
    std::lock_guard guard{mutex};
    if (q.token == "slow")
      held.push_back(q.give);
    else
      q.give({kind::allowed, "x"});
  });
  raw_client slow{s.server->metrics_port(), raw_client::over::tls};
  slow.send("GET /metrics HTTP/1.1\r\nAuthorization: Bearer slow\r\n\r\n");
  BOOST_TEST(s.with_token("quick").status == 200);
  BOOST_TEST(comes_true([&] {
    std::lock_guard guard{mutex};
    return held.size() == 1;
  }));
  held.front()({kind::allowed, "x"});
  BOOST_TEST(slow.receive().status == 200);
  held.front()({kind::allowed, "x"}); // a second verdict has no effect
  BOOST_TEST(s.with_token("quick").status == 200);
}

BOOST_AUTO_TEST_CASE(a_late_verdict_is_ignored) {
  verdict_callback late;
  std::atomic<bool> asked = false;
  {
    secure_server s;
    s.server->guard_metrics([&](const access_question& q) {
      late = q.give;
      asked = true;
    });
    raw_client client{s.server->metrics_port(), raw_client::over::tls};
    client.send("GET /metrics HTTP/1.1\r\nAuthorization: Bearer t\r\n\r\n");
    BOOST_TEST(comes_true([&] { return asked.load(); }));
  }
  late({kind::allowed, "x"});
  late = nullptr;
}

BOOST_AUTO_TEST_CASE(pending_verdicts_are_limited) {
  server_limits limits;
  limits.most_requests = 2;
  secure_server s{limits};
  std::atomic<int> asked = 0;
  s.server->guard_metrics([&](const access_question&) { ++asked; });
  std::vector<std::unique_ptr<raw_client>> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.push_back(std::make_unique<raw_client>(s.server->metrics_port(),
                                                   raw_client::over::tls));
    waiting.back()->send(
        "GET /metrics HTTP/1.1\r\nAuthorization: Bearer t\r\n\r\n");
  }
  BOOST_TEST(comes_true([&] { return asked == 2; }));
  BOOST_TEST(s.with_token("t").status == 503);
}

BOOST_AUTO_TEST_CASE(broken_tls_versions_are_not_supported) {
  secure_server s;
  BOOST_CHECK_THROW(raw_client(s.server->metrics_port(), raw_client::over::tls,
                               TLS1_1_VERSION),
                    std::runtime_error);
  raw_client(s.server->metrics_port(), raw_client::over::tls, TLS1_2_VERSION);
}

BOOST_AUTO_TEST_SUITE_END()
