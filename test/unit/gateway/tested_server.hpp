#pragma once

#include "actors/gateway/http_server.hpp"
#include "certificates.hpp"
#include "raw_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace locust::test {

/// Blocks webhooks until the test opens it.
class gate {
public:
  void pass() {
    std::unique_lock guard{mutex_};
    ++waiting_;
    changed_.notify_all();
    changed_.wait(guard, [this] { return open_; });
  }

  void open() {
    std::lock_guard guard{mutex_};
    open_ = true;
    changed_.notify_all();
  }

  /// Returns when this many are blocked.
  void wait_for(int count) {
    std::unique_lock guard{mutex_};
    BOOST_TEST_REQUIRE(changed_.wait_for(guard, std::chrono::seconds(20),
                                         [&] { return waiting_ >= count; }));
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

/// A server with a certificate, probes, and webhooks for tests: /echo, /held
/// (blocked by `held`), /turn (too, one request at a time), /faulty.
class tested_server {
public:
  explicit tested_server(server_limits limits = {}) {
    http_server_setup setup;
    setup.probes = bind_address{"127.0.0.1", 0};
    setup.webhooks = bind_address{"127.0.0.1", 0};
    setup.limits = limits;
    auto echo = [](const http_request& r) {
      return http_answer{200, "application/json", r.body};
    };
    auto blocked = [this, echo](const http_request& r) {
      held.pass();
      return echo(r);
    };
    setup.hooks = {
        {"/echo", uint64_t{7} << 20, uint64_t{14} << 20, false, echo},
        {"/held", 1000, 1000, false, blocked},
        {"/turn", 1000, 1000, true, blocked},
        {"/faulty", 1000, 1000, false,
         [](const http_request&) -> http_answer {
           throw std::runtime_error("out of luck");
         }},
    };
    auto made = http_server::start(std::move(setup));
    BOOST_TEST_REQUIRE(made.has_value());
    server = std::move(*made);
    show(make_pair_for("first"));
  }

  tested_server(const tested_server&) = delete;
  tested_server& operator=(const tested_server&) = delete;

  ~tested_server() {
    held.open();
  }

  void show(const pem_pair& pair) {
    BOOST_TEST_REQUIRE(
        server->show_certificate(tls_server::webhooks, pair.chain, pair.key)
            .has_value());
  }

  uint16_t hooks() const {
    return server->webhook_port();
  }

  uint16_t probes() const {
    return server->probe_port();
  }

  /// One request over a connection of its own.
  seen_answer ask(std::string_view bytes) const {
    raw_client client{hooks(), raw_client::over::tls};
    return client.ask(bytes);
  }

  seen_answer probe(const std::string& target) const {
    raw_client client{probes()};
    return client.ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  gate held;
  std::unique_ptr<http_server> server;
};

/// Polls until the condition holds, for at most 20 s.
inline bool comes_true(const std::function<bool()>& condition) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < end) {
    if (condition())
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

} // namespace locust::test
