#include "tested_server.hpp"

#include <openssl/ssl.h>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

constexpr auto tls = raw_client::over::tls;
constexpr auto tcp = raw_client::over::tcp;

http_server_setup at(std::optional<bind_address> probes,
                     std::optional<bind_address> webhooks) {
  http_server_setup setup;
  setup.probes = std::move(probes);
  setup.webhooks = std::move(webhooks);
  return setup;
}

std::string failure_of(http_server_setup setup) {
  auto made = http_server::start(std::move(setup));
  BOOST_TEST_REQUIRE(!made.has_value());
  return made.error().message;
}

seen_answer get(uint16_t port, const std::string& target) {
  raw_client client{port};
  return client.ask("GET " + target + " HTTP/1.1\r\n\r\n");
}

std::string name_shown(uint16_t port) {
  return raw_client{port, tls}.server_name();
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_life)

// -- addresses ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_named) {
  tested_server other;
  auto port = other.probes();
  auto said = failure_of(at(bind_address{"127.0.0.1", port}, {}));
  BOOST_TEST(said ==
             "--health-probe-bind-address=127.0.0.1:" + std::to_string(port) +
                 ": cannot listen: Address already in use");
  said = failure_of(at({}, bind_address{{}, port}));
  BOOST_TEST(said.find("--webhook-bind-address=:" + std::to_string(port)) == 0u,
             said);
}

BOOST_AUTO_TEST_CASE(an_address_of_another_machine_is_named) {
  auto said = failure_of(at(bind_address{"192.0.2.1", 0}, {}));
  BOOST_TEST(said == "--health-probe-bind-address=192.0.2.1:0: cannot listen: "
                     "Cannot assign requested address");
}

BOOST_AUTO_TEST_CASE(a_name_without_an_address_is_named) {
  std::string host(64, 'x'); // a letter too long for a name
  auto said = failure_of(at(bind_address{host, 0}, {}));
  BOOST_TEST(said == "--health-probe-bind-address=" + host + ":0: host '" +
                         host + "' has no address");
}

BOOST_AUTO_TEST_CASE(addresses_of_all_kinds_work) {
  for (const auto* host : {"", "localhost", "127.0.0.1", "0.0.0.0", "::"}) {
    BOOST_TEST_CONTEXT("host '" << host << "'") {
      auto made =
          http_server::start(at(bind_address{host, 0}, bind_address{host, 0}));
      BOOST_TEST_REQUIRE(made.has_value());
      auto& server = **made;
      BOOST_TEST(get(server.probe_port(), "/healthz").status == 200);
      auto pair = make_pair_for("x");
      BOOST_TEST(
          server.show_certificate(tls_server::webhooks, pair.chain, pair.key)
              .has_value());
      BOOST_TEST(comes_true(
          [&] { return get(server.probe_port(), "/readyz").status == 200; }));
    }
  }
}

BOOST_AUTO_TEST_CASE(probes_alone_know_no_webhook) {
  auto made = http_server::start(at(bind_address{"127.0.0.1", 0}, {}));
  BOOST_TEST_REQUIRE(made.has_value());
  auto& server = **made;
  BOOST_TEST(server.webhook_port() == 0);
  BOOST_TEST(get(server.probe_port(), "/readyz?verbose").body ==
             "[+]readyz ok\nreadyz check passed\n");
  BOOST_TEST(get(server.probe_port(), "/readyz/webhook").status == 404);
}

BOOST_AUTO_TEST_CASE(it_is_ready_when_nothing_is_missing_any_more) {
  auto setup = at(bind_address{"127.0.0.1", 0}, {});
  setup.caches = "nothing yet";
  auto made = http_server::start(std::move(setup));
  BOOST_TEST_REQUIRE(made.has_value());
  auto& server = **made;
  auto port = server.probe_port();
  auto answer = get(port, "/readyz");
  BOOST_TEST(answer.status == 500);
  BOOST_TEST(answer.body == "[-]caches failed: reason withheld\n[+]readyz ok\n"
                            "readyz check failed\n");
  BOOST_TEST(get(port, "/healthz").status == 200);
  server.show_caches("no CRD");
  BOOST_TEST(comes_true([&] {
    return get(port, "/readyz/caches").body ==
           "internal server error: no CRD\n";
  }));
  server.show_caches({});
  BOOST_TEST(comes_true([&] { return get(port, "/readyz").status == 200; }));
  BOOST_TEST(get(port, "/readyz?verbose").body ==
             "[+]caches ok\n[+]readyz ok\nreadyz check passed\n");
}

BOOST_AUTO_TEST_CASE(it_is_healthy_as_long_as_the_actors_report) {
  auto setup = at(bind_address{"127.0.0.1", 0}, {});
  setup.limits.actors_silence = 1s;
  auto made = http_server::start(std::move(setup));
  BOOST_TEST_REQUIRE(made.has_value());
  auto& server = **made;
  auto port = server.probe_port();
  BOOST_TEST(get(port, "/healthz?verbose").body ==
             "[+]healthz ok\nhealthz check passed\n");
  server.note_alive();
  BOOST_TEST(comes_true([&] {
    return get(port, "/healthz?verbose").body ==
           "[+]actors ok\n[+]healthz ok\nhealthz check passed\n";
  }));
  // The actors are stuck.
  BOOST_TEST(comes_true([&] { return get(port, "/healthz").status == 500; }));
  server.note_alive();
  BOOST_TEST(comes_true([&] { return get(port, "/healthz").status == 200; }));
}

BOOST_AUTO_TEST_CASE(webhooks_alone_have_no_probe) {
  auto made = http_server::start(at({}, bind_address{"127.0.0.1", 0}));
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST((*made)->probe_port() == 0);
  BOOST_TEST((*made)->webhook_port() != 0);
}

// -- certificates -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_a_certificate_there_are_probes_only) {
  auto made = http_server::start(
      at(bind_address{"127.0.0.1", 0}, bind_address{"127.0.0.1", 0}));
  BOOST_TEST_REQUIRE(made.has_value());
  auto& server = **made;
  auto probes = server.probe_port();
  BOOST_TEST(get(probes, "/healthz").status == 200);
  auto answer = get(probes, "/readyz");
  BOOST_TEST(answer.status == 500);
  BOOST_TEST(answer.body == "[+]readyz ok\n[-]webhook failed: reason withheld\n"
                            "readyz check failed\n");
  BOOST_TEST(get(probes, "/readyz?exclude=webhook").body == "ok");
  BOOST_TEST(get(probes, "/readyz/readyz").body == "ok");
  BOOST_TEST(get(probes, "/readyz/webhook").body.find("no certificate yet") !=
             std::string::npos);
  raw_client early{server.webhook_port(), tcp};
  BOOST_TEST(early.is_closed());

  auto pair = make_chain_for("late");
  BOOST_TEST(server.show_certificate(tls_server::webhooks, pair.chain, pair.key)
                 .has_value());
  BOOST_TEST(comes_true([&] { return get(probes, "/readyz").status == 200; }));
  raw_client client{server.webhook_port(), tls};
  BOOST_TEST(client.server_name() == "late");
  BOOST_TEST(client.chain_length() == 2);
}

BOOST_AUTO_TEST_CASE(a_new_certificate_is_for_new_connections) {
  tested_server s;
  raw_client old{s.hooks(), tls};
  BOOST_TEST(old.server_name() == "first");
  raw_client at_work{s.hooks(), tls};
  at_work.send(post("/held", "x"));
  s.held.wait_for(1);
  s.show(make_pair_for("second"));
  BOOST_TEST(comes_true([&] { return name_shown(s.hooks()) == "second"; }));
  BOOST_TEST(old.ask(post("/echo", "still here")).body == "still here");
  s.held.open();
  BOOST_TEST(at_work.receive().body == "x");
}

BOOST_AUTO_TEST_CASE(a_broken_pair_changes_nothing) {
  tested_server s;
  auto other = make_pair_for("other");
  auto shown = s.server->show_certificate(tls_server::webhooks, other.chain,
                                          make_pair_for("x").key);
  BOOST_TEST_REQUIRE(!shown.has_value());
  BOOST_TEST(shown.error().message ==
             "the key does not belong to the certificate");
  BOOST_TEST(name_shown(s.hooks()) == "first");
}

BOOST_AUTO_TEST_CASE(certificates_change_under_load) {
  tested_server s;
  std::vector<std::future<int>> right;
  for (int c = 0; c < 4; ++c)
    right.push_back(std::async(std::launch::async, [&s] {
      int good = 0;
      for (int i = 0; i < 25; ++i)
        good += s.ask(post("/echo", "x")).status == 200 ? 1 : 0;
      return good;
    }));
  auto a = make_pair_for("a"), b = make_pair_for("b");
  for (int i = 0; i < 50; ++i)
    s.show(i % 2 == 0 ? a : b);
  for (auto& one : right)
    BOOST_TEST(one.get() == 25);
}

BOOST_AUTO_TEST_CASE(old_versions_of_tls_are_refused) {
  tested_server s;
  BOOST_CHECK_THROW(raw_client(s.hooks(), tls, TLS1_1_VERSION),
                    std::runtime_error);
  raw_client client{s.hooks(), tls, TLS1_2_VERSION};
  BOOST_TEST(client.ask(post("/echo", "x")).body == "x");
}

BOOST_AUTO_TEST_CASE(plain_http_is_no_tls) {
  tested_server s;
  raw_client client{s.hooks(), tcp};
  client.send("GET / HTTP/1.1\r\n\r\n");
  BOOST_CHECK_THROW(client.receive(), std::runtime_error);
}

// -- the readiness check ------------------------------------------------------

BOOST_AUTO_TEST_CASE(webhooks_without_free_connections_are_not_ready) {
  server_limits limits;
  limits.most_connections = 1;
  tested_server s{limits};
  raw_client busy{s.hooks(), tls};
  busy.send(post("/held", "x"));
  s.held.wait_for(1);
  auto answer = s.probe("/readyz");
  BOOST_TEST(answer.status == 500);
  BOOST_TEST(answer.body.find("[-]webhook failed") != std::string::npos);
  BOOST_TEST(s.probe("/readyz/webhook")
                 .body.find("cannot connect to the webhook port with TLS") !=
             std::string::npos);
  s.held.open();
  BOOST_TEST(busy.receive().status == 200);
  BOOST_TEST(comes_true([&] { return s.probe("/readyz").status == 200; }));
}

BOOST_AUTO_TEST_CASE(a_success_counts_for_a_while) {
  server_limits limits;
  limits.most_connections = 1;
  limits.self_check_valid = 1h;
  tested_server s{limits};
  BOOST_TEST(s.probe("/readyz").status == 200);
  raw_client busy{s.hooks(), tls};
  busy.send(post("/held", "x"));
  s.held.wait_for(1);
  BOOST_TEST(s.probe("/readyz").status == 200);
}

BOOST_AUTO_TEST_CASE(many_probes_at_once_are_answered) {
  tested_server s;
  std::vector<std::future<int>> right;
  for (int c = 0; c < 8; ++c)
    right.push_back(std::async(std::launch::async, [&s] {
      int good = 0;
      for (int i = 0; i < 10; ++i)
        good += s.probe("/readyz").status == 200 ? 1 : 0;
      return good;
    }));
  for (auto& one : right)
    BOOST_TEST(one.get() == 10);
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_stop_frees_the_ports_at_once) {
  uint16_t probes = 0, hooks = 0;
  {
    tested_server s;
    probes = s.probes();
    hooks = s.hooks();
    BOOST_TEST(s.probe("/healthz").status == 200);
    BOOST_TEST(s.ask(post("/echo", "x")).status == 200);
    std::promise<void> stopped;
    s.server->stop([&] { stopped.set_value(); });
    BOOST_TEST(
        (stopped.get_future().wait_for(20s) == std::future_status::ready));
    BOOST_CHECK_THROW(raw_client{probes}, std::runtime_error);
    BOOST_CHECK_THROW(raw_client{hooks}, std::runtime_error);
  }
  auto again = http_server::start(
      at(bind_address{"127.0.0.1", probes}, bind_address{"127.0.0.1", hooks}));
  BOOST_TEST(again.has_value());
}

BOOST_AUTO_TEST_CASE(a_stop_only_lets_requests_finish) {
  server_limits limits;
  limits.stop = 60s;
  tested_server s{limits};
  raw_client idle{s.hooks(), tls}, fresh{s.hooks(), tcp}, busy{s.hooks(), tls},
      probe{s.probes()}, slow{s.hooks(), tls};
  BOOST_TEST(idle.ask(post("/echo", "x")).status == 200);
  auto whole = post("/echo", "late", "Expect: 100-continue\r\n");
  slow.send(whole.substr(0, whole.size() - 4));
  BOOST_TEST(slow.receive(false).status == 100); // this much has been read
  busy.send(post("/held", "x"));
  s.held.wait_for(1);
  std::promise<void> stopped;
  auto ended = stopped.get_future();
  s.server->stop([&] { stopped.set_value(); });
  BOOST_TEST(idle.is_closed());
  BOOST_TEST(fresh.is_closed());
  BOOST_TEST(probe.is_closed());
  BOOST_TEST((ended.wait_for(0s) == std::future_status::timeout));
  s.held.open();
  slow.send("late");
  for (auto* client : {&busy, &slow}) {
    auto answer = client->receive();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.has("Connection: close"));
    BOOST_TEST(client->is_closed());
  }
  BOOST_TEST((ended.wait_for(20s) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(a_stop_is_limited) {
  server_limits limits;
  limits.stop = 100ms;
  tested_server s{limits};
  raw_client busy{s.hooks(), tls};
  busy.send(post("/held", "x"));
  s.held.wait_for(1);
  std::promise<void> stopped;
  s.server->stop([&] { stopped.set_value(); });
  BOOST_CHECK_THROW(busy.receive(), std::runtime_error);
  // The answer is still in progress; the destructor waits for its thread.
  s.held.open();
  BOOST_TEST((stopped.get_future().wait_for(20s) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(it_can_be_destroyed_at_any_time) {
  for (int i = 0; i < 10; ++i) {
    tested_server s;
    raw_client idle{s.hooks(), tls}, half{s.probes()}, shaking{s.hooks(), tcp},
        busy{s.hooks(), tls};
    half.send("GET /healthz");
    shaking.send("\x16\x03\x01");
    busy.send(post("/held", "x"));
    if (i % 2 == 0)
      s.held.wait_for(1);
    if (i % 3 == 0)
      s.server->stop([] {});
    s.held.open();
    s.server.reset();
    BOOST_TEST(idle.is_closed());
  }
}

BOOST_AUTO_TEST_SUITE_END()
