#include "actors/gateway/gateway_actor.hpp"
#include "test/unit/api_client/temporary_folder.hpp"
#include "tested_server.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <atomic>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

// As in the test of api_client: CAF is not built for ThreadSanitizer.
#ifdef __SANITIZE_THREAD__
constexpr bool under_thread_sanitizer = true;
#else
constexpr bool under_thread_sanitizer = false;
#endif

shared_text shared(const std::string& s) {
  return std::make_shared<const std::string>(s);
}

/// Real threads and real time: files are read on a thread of the actor's own.
struct fixture {
  fixture() {
    http_server_setup setup;
    setup.probes = bind_address{"127.0.0.1", 0};
    setup.webhooks = bind_address{"127.0.0.1", 0};
    setup.metrics = metrics_server{{"127.0.0.1", 0}, true, [] {
                                     return std::string();
                                   }};
    setup.caches = "nothing yet";
    auto made = http_server::start(std::move(setup));
    BOOST_TEST_REQUIRE(made.has_value());
    with.server = std::move(*made);
    probes = with.server->probe_port();
    hooks = with.server->webhook_port();
    metrics = with.server->metrics_port();
    with.give_up = [this] {
      given_up = true;
    };
  }

  ~fixture() {
    caf::anon_send_exit(gateway, caf::exit_reason::kill);
  }

  void start() {
    gateway = spawn_gateway(system, std::exchange(with, {}));
  }

  void watch_files(std::chrono::nanoseconds limit) {
    with.files = {{tls_server::webhooks,
                   {folder.path("tls.crt"), folder.path("tls.key"), "webhook",
                    "do without", limit}}};
    start();
  }

  void write(const pem_pair& pair) {
    folder.write("tls.crt", pair.chain);
    folder.write("tls.key", pair.key);
  }

  bool shows(const std::string& name) const {
    return shows_at(hooks, name);
  }

  static bool shows_at(uint16_t port, const std::string& name) {
    try {
      return raw_client(port, raw_client::over::tls).server_name() == name;
    } catch (const std::runtime_error&) {
      return false; // not yet
    }
  }

  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  temporary_folder folder;
  gateway_setup with;
  gateway_actor gateway;
  uint16_t probes = 0;
  uint16_t hooks = 0;
  uint16_t metrics = 0;
  std::atomic<bool> given_up = false;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(
    gateway_actor_, fixture,
    *boost::unit_test::enable_if<!under_thread_sanitizer>())

BOOST_AUTO_TEST_CASE(a_message_brings_the_certificate) {
  start();
  BOOST_TEST(!shows("sent"));
  auto pair = make_pair_for("sent");
  self->send(gateway, serving_certificate{shared(pair.chain), shared("bad")});
  self->send(gateway,
             serving_certificate{shared(pair.chain), shared(pair.key)});
  BOOST_TEST(comes_true([&] { return shows("sent"); }));
  self->send(gateway, serving_certificate{shared("bad"), shared(pair.key)});
  auto next = make_pair_for("next");
  self->send(gateway,
             serving_certificate{shared(next.chain), shared(next.key)});
  BOOST_TEST(comes_true([&] { return shows("next"); }));
  BOOST_TEST(!given_up);
}

BOOST_AUTO_TEST_CASE(a_message_says_what_is_missing_and_when_nothing_is) {
  auto answer = [this] {
    raw_client client{probes};
    return client.ask("GET /readyz/caches HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  start();
  BOOST_TEST(answer().status == 500);
  self->send(gateway, caches_state{"no CRD"});
  BOOST_TEST(comes_true(
      [&] { return answer().body == "internal server error: no CRD\n"; }));
  self->send(gateway, caches_state{});
  BOOST_TEST(comes_true([&] { return answer().status == 200; }));
}

BOOST_AUTO_TEST_CASE(files_are_waited_for_and_followed) {
  watch_files(0ns);
  BOOST_TEST(!shows("first"));
  write(make_pair_for("first"));
  BOOST_TEST(comes_true([&] { return shows("first"); }));
  write(make_pair_for("second"));
  BOOST_TEST(comes_true([&] { return shows("second"); }));
  BOOST_TEST(!given_up);
}

BOOST_AUTO_TEST_CASE(a_certificate_for_metrics_is_made) {
  with.makes_metrics_certificate = true;
  start();
  BOOST_TEST(comes_true([&] { return shows_at(metrics, "server"); }));
  BOOST_TEST(!shows("server")); // it is not for webhooks
}

BOOST_AUTO_TEST_CASE(missing_files_end_the_process) {
  watch_files(1ns);
  BOOST_TEST(comes_true([&] { return given_up.load(); }));
  // The process ends in order; until then probes are answered.
  raw_client client{probes};
  BOOST_TEST(client.ask("GET /healthz HTTP/1.1\r\n\r\n").status == 200);
}

BOOST_AUTO_TEST_CASE(a_folder_instead_of_a_file_ends_the_process) {
  folder.write("tls.crt/x", "");
  watch_files(0ns);
  BOOST_TEST(comes_true([&] { return given_up.load(); }));
}

BOOST_AUTO_TEST_CASE(a_stop_closes_the_ports_and_is_answered) {
  start();
  self->monitor(gateway);
  bool answered = false;
  self->request(gateway, 20s, stop_request{})
      .receive([&](bool all) { answered = all; },
               [](const caf::error&) {
                 // stays false
               });
  BOOST_TEST(answered);
  BOOST_CHECK_THROW(raw_client{hooks}, std::runtime_error);
  BOOST_CHECK_THROW(raw_client{probes}, std::runtime_error);
  bool quit = false;
  self->receive([&](const caf::down_msg&) { quit = true; },
                caf::after(20s) >> [] {});
  BOOST_TEST(quit);
}

BOOST_AUTO_TEST_CASE(the_server_ends_with_the_actor) {
  write(make_pair_for("first"));
  watch_files(0ns);
  BOOST_TEST(comes_true([&] { return shows("first"); }));
  self->send_exit(gateway, caf::exit_reason::kill);
  BOOST_TEST(comes_true([&] { return !shows("first"); }));
}

BOOST_AUTO_TEST_SUITE_END()
